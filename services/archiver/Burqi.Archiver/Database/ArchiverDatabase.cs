using Microsoft.Extensions.Options;
using Npgsql;

namespace Burqi.Archiver.Database;

/// <summary>
/// The archiver's own pool of connections. A type of its own because in all-in-one several services live in one container, each with
/// its own schema; and nobody gets a connection before the schema is migrated, however early they ask.
/// </summary>
internal sealed class ArchiverDatabase(IOptions<ArchiverOptions> options) : IAsyncDisposable
{
    private readonly TaskCompletionSource _migrated = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The pool itself, for the migration alone.</summary>
    public NpgsqlDataSource Source { get; } = CreateSource(options.Value);

    public bool IsMigrated => _migrated.Task.IsCompletedSuccessfully;

    public void MarkMigrated() => _migrated.TrySetResult();

    /// <summary>An open connection, once the schema stands.</summary>
    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        await _migrated.Task.WaitAsync(cancellationToken);
        return await Source.OpenConnectionAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => Source.DisposeAsync();

    private static NpgsqlDataSource CreateSource(ArchiverOptions options)
    {
        var connection = new NpgsqlConnectionStringBuilder(options.DatabaseUrl);
        connection.ApplicationName ??= "burqi-archiver";
        return NpgsqlDataSource.Create(connection);
    }
}
