using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Burqi.Catalog.Database;

/// <summary>
/// Catalog's own connections to PostgreSQL, and the gate that stays shut until its schema is there. A type of its own, so that several
/// services with a database each can live in one container.
/// </summary>
internal sealed partial class CatalogDatabase(
    IOptions<CatalogOptions> options,
    CatalogMetrics metrics,
    TimeProvider time,
    ILogger<CatalogDatabase> logger) : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource migrated = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NpgsqlDataSource Source { get; } = NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(options.Value.DatabaseUrl) { ApplicationName = "burqi-catalog" });

    public bool IsMigrated => migrated.Task.IsCompletedSuccessfully;

    public void OpenGate() => migrated.TrySetResult();

    /// <summary>For a request: fails at once, with 503 as its answer, while the schema is not there or the server is away.</summary>
    public async Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> read, CancellationToken cancellationToken)
    {
        if (!IsMigrated)
        {
            throw new CatalogUnavailableException();
        }

        await using var connection = await Source.OpenConnectionAsync(cancellationToken);
        return await read(connection);
    }

    /// <summary>
    /// For a message: waits until the schema is there, and goes on trying while the server is away. A message that failed only because
    /// of an outage must not end in the error queue, however long the outage; unacknowledged it waits where it is safe, in the broker.
    /// </summary>
    public async Task<T> WriteAsync<T>(Func<NpgsqlConnection, Task<T>> write, CancellationToken cancellationToken)
    {
        await migrated.Task.WaitAsync(cancellationToken);
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await using var connection = await Source.OpenConnectionAsync(cancellationToken);
                return await write(connection);
            }
            catch (NpgsqlException exception) when (IsOutage(exception) && !cancellationToken.IsCancellationRequested)
            {
                metrics.WriteRetried();
                Log.WriteWaits(logger, pause.TotalMilliseconds, exception.Message);
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <summary>Whether the same statement can succeed later without anybody changing it.</summary>
    public static bool IsOutage(NpgsqlException exception) =>
        exception.IsTransient || exception.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown;

    public ValueTask DisposeAsync() => Source.DisposeAsync();
}
