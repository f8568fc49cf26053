using Burqi.Archiver.Database;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.Sweep;

/// <summary>
/// Has every store remove what broken uploads left behind: the next upload of the same key does so at once, but of some recordings there is
/// none. Of all replicas one does it at a time.
/// </summary>
internal sealed partial class StoreSweeper(
    RecordingStores stores, ArchiverDatabase database, SweepMetrics metrics, IOptions<SweepOptions> options, TimeProvider clock, ILogger<StoreSweeper> logger)
    : BackgroundService
{
    private const string Lock = "select pg_try_advisory_lock(hashtext('burqi.archiver.sweep'))";
    private const string Unlock = "select pg_advisory_unlock(hashtext('burqi.archiver.sweep'))";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await SweepAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.NoTurn(logger, exception.Message);
            }
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(Lock, cancellationToken: cancellationToken)))
        {
            return; // another replica is at it
        }

        try
        {
            foreach (var store in stores.All)
            {
                await SweepAsync(store, cancellationToken);
            }
        }
        finally
        {
            // The connection goes back to the pool, and would keep the lock.
            await connection.ExecuteAsync(Unlock);
        }
    }

    private async Task SweepAsync(IRecordingStore store, CancellationToken cancellationToken)
    {
        try
        {
            Count(store, await store.SweepAsync(options.Value.OlderThan, cancellationToken));
        }
        catch (IncompleteSweepException exception)
        {
            Count(store, exception.Removed);
            Log.NotSweptWhole(logger, store.Name, exception.Message);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotSwept(logger, store.Name, exception.Message);
        }
    }

    private void Count(IRecordingStore store, int removed)
    {
        if (removed > 0)
        {
            metrics.Swept(removed, store.Name);
            Log.Swept(logger, store.Name, removed, options.Value.OlderThan.TotalHours);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4200, LogLevel.Information, "Store {Store}: removed what {Count} uploads had left behind more than {Hours} h ago")]
        public static partial void Swept(ILogger logger, string store, int count, double hours);

        [LoggerMessage(4201, LogLevel.Warning, "Store {Store} could not be looked through for what broken uploads left behind; next time: {Reason}")]
        public static partial void NotSwept(ILogger logger, string store, string reason);

        [LoggerMessage(4202, LogLevel.Warning, "Whether it is this replica's turn to look for what broken uploads left behind is not known; next time: {Reason}")]
        public static partial void NoTurn(ILogger logger, string reason);

        [LoggerMessage(4203, LogLevel.Warning, "Store {Store} keeps some of what broken uploads left behind, next time: {Reason}")]
        public static partial void NotSweptWhole(ILogger logger, string store, string reason);
    }
}
