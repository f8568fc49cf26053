using Burqi.Archiver.Database;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Queues;
using Burqi.Archiver.Stores;
using Burqi.Archiver.Stores.LocalDisk;
using Burqi.Contracts.Operations;
using Dapper;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Burqi.Archiver.Operations;

/// <summary>
/// Tells how the work stands, about every minute, for people to look at. Of all replicas one does it, for as long as its connection to the
/// database lives. Nobody relies on it: what cannot be told is told by the next report.
/// </summary>
internal sealed partial class BacklogAnnouncer(
    ArchiverDatabase database,
    JobCensusQuery census,
    Destinations destinations,
    RecordingStores stores,
    IPublishEndpoint bus,
    IOptions<ArchiverOptions> options,
    IOptions<LocalDiskStoreOptions> disk,
    TimeProvider time,
    ILogger<BacklogAnnouncer> logger) : BackgroundService
{
    private const string Lock = "select pg_try_advisory_lock(hashtextextended('burqi.archiver.backlog', 0))";
    private const string Unlock = "select pg_advisory_unlock(hashtextextended('burqi.archiver.backlog', 0))";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    // By then whoever is to hear it has had time to attach.
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    private readonly ArchiverOptions _options = options.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(First < _options.ReportInterval ? First : _options.ReportInterval, time, stoppingToken);
            while (true)
            {
                try
                {
                    await TakeTurnAsync(stoppingToken);
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    Log.NotReported(logger, exception.Message);
                }

                await Task.Delay(_options.ReportInterval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    /// <summary>Returns at once when another replica does it, and otherwise throws when this one cannot go on.</summary>
    private async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(Lock, cancellationToken: cancellationToken)))
        {
            return;
        }

        try
        {
            while (true)
            {
                await ReportAsync(connection, cancellationToken);
                await Task.Delay(_options.ReportInterval, time, cancellationToken);
            }
        }
        finally
        {
            await UnlockAsync(connection);
        }
    }

    private async Task ReportAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var counted = await census.ExecuteAsync(cancellationToken);
        var stuck = await BacklogQuery.StuckJobsAsync(connection, _options.OldestJobLimit, cancellationToken);
        var (free, total) = stores.Primary.Name == StoreNames.Disk ? await DiskAsync(cancellationToken) : (null, null);
        var open = string.Join(' ', destinations.Look().Where(seen => seen.State != DestinationState.Closed).Select(seen => seen.Destination).Order(StringComparer.Ordinal));
        var report = new ArchiveBacklogReported
        {
            ReportedAt = time.GetUtcNow(),
            Waiting = counted.Waiting,
            Running = counted.Running,
            Dead = counted.Dead,
            OldestWaitingSeconds = counted.Waiting == 0 ? null : (long)counted.OldestWaitingSeconds,
            StuckJobs = stuck,
            OpenBreakers = open.Length == 0 ? null : open,
            Store = stores.Primary.Name,
            StoreFreeBytes = free,
            StoreTotalBytes = total,
        };

        // One that nobody has taken for so long is not news any more: a queue without its service does not fill with them.
        await bus.Publish(report, context => context.TimeToLive = Lifetime, cancellationToken);
    }

    /// <summary>How full the store's disk is as those see it who are not root. A disk that hangs keeps a thread of its own.</summary>
    private async Task<(long? Free, long? Total)> DiskAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Factory.StartNew(
                () =>
                {
                    var folder = new DirectoryInfo(disk.Value.Root);
                    while (!folder.Exists && folder.Parent is { } parent)
                    {
                        folder = parent; // it is made with its first object
                    }

                    var drive = new DriveInfo(folder.FullName);
                    return ((long?)drive.AvailableFreeSpace, (long?)(drive.TotalSize - drive.TotalFreeSpace + drive.AvailableFreeSpace));
                },
                cancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, null); // the store's own check says what is wrong with it
        }
    }

    // A connection that goes back to the pool keeps what it has locked; one that is broken has lost it.
    private static async Task UnlockAsync(NpgsqlConnection connection)
    {
        try
        {
            await connection.ExecuteAsync(Unlock);
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            NpgsqlConnection.ClearPool(connection);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4450, LogLevel.Information, "How the jobs stand could not be told; it is told again within a minute: {Reason}")]
        public static partial void NotReported(ILogger logger, string reason);
    }
}
