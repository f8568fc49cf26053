using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress.Spool;

/// <summary>Publishes what waits in the spool, in order and one at a time, and tries again with growing pauses while the bus is away.</summary>
internal sealed partial class SpoolDrain(
    EventSpool spool,
    EventOutbox outbox,
    IOptions<IngressOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<SpoolDrain> logger) : BackgroundService
{
    private static readonly TimeSpan PublishDeadline = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    // What a bus in memory has confirmed is repeated for this long, should the process die before it was consumed.
    private static readonly TimeSpan JournalAge = TimeSpan.FromHours(1);
    private static readonly TimeSpan PruneInterval = TimeSpan.FromMinutes(1);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the first request can come, and before the process calls itself started: a folder in use stops it.
        spool.Open();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A bus in memory drops what is published before its queues are bound.
        await StartedAsync(stoppingToken);
        var pause = ShortestPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await DrainAsync(stoppingToken))
                {
                    pause = ShortestPause;
                    await spool.WaitForWorkAsync(PruneInterval, stoppingToken);
                    spool.PruneJournal(JournalAge);
                    continue;
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                Log.Stumbled(logger, exception); // the disk's fault: the same file is tried again
            }

            // Spread, so that replicas do not fall upon a broker that has just come back all at once.
            await Task.Delay(pause * (0.8 + (0.4 * Random.Shared.NextDouble())), time, stoppingToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Publishes until nothing waits (true) or the bus does not confirm (false).</summary>
    private async Task<bool> DrainAsync(CancellationToken cancellationToken)
    {
        var drained = 0;
        while (spool.Oldest() is { } file)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (spool.ReadOrSetAside(file) is not var (message, type, traceParent))
            {
                continue;
            }

            var parent = ActivityContext.TryParse(traceParent, null, isRemote: true, out var trace) ? trace : default;
            using (IngressTelemetry.Traces.StartActivity("spool-drain", ActivityKind.Internal, parent))
            {
                if (!await outbox.TryPublishAsync(message, type, PublishDeadline))
                {
                    Log.StillAway(logger, spool.PendingCount);
                    return false;
                }
            }

            spool.Confirmed(file, options.Value.JournalEveryEvent);
            drained++;
        }

        if (drained > 0)
        {
            Log.Drained(logger, drained);
        }

        return true;
    }

    private async Task StartedAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
    }
}
