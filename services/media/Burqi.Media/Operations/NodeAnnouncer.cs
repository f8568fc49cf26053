using Burqi.Contracts.Operations;
using Burqi.Media.Cleanup;
using Burqi.Media.Spool;
using Burqi.Media.Streams;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Operations;

/// <summary>Tells how this node stands, about every minute, for people to look at. Nobody relies on it: what cannot be told is told by the next report.</summary>
internal sealed partial class NodeAnnouncer(
    IPublishEndpoint bus,
    MediaStreams streams,
    ManifestStore store,
    IDiskUse disk,
    IOptions<MediaOptions> options,
    TimeProvider time,
    ILogger<NodeAnnouncer> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    // By then whoever is to hear it has had time to attach.
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.Delay(First, time, stoppingToken);
            while (true)
            {
                await ReportAsync(stoppingToken);
                await Task.Delay(Interval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    /// <summary>Tells it once; a bus or a disk that is away costs no more than a line in the log.</summary>
    public async Task ReportAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A thread of its own, as for all that may wait for the disk.
            var (used, total) = await Task.Factory.StartNew(
                () => disk.Read(store.Root), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            var report = new MediaNodeReported
            {
                Node = options.Value.Node,
                ReportedAt = time.GetUtcNow(),
                ActiveStreams = streams.Count,
                DiskTotalBytes = total,
                DiskFreeBytes = total - used,
            };

            // One that nobody has taken for so long is not news any more: a queue without its service does not fill with them.
            await bus.Publish(report, context => context.TimeToLive = Interval * 5, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotReported(logger, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3370, LogLevel.Information, "How this node stands could not be told; it is told again within a minute: {Reason}")]
        public static partial void NotReported(ILogger logger, string reason);
    }
}
