using System.Text.Json;
using Burqi.Contracts.Recordings;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Reconcile.Announce;

/// <summary>
/// Publishes what runs found, until the broker has confirmed it: the rows are the outbox. They are told as ingress would have told the
/// callbacks that never came, so that whoever hears them, the archiver itself among them, does what it always does.
/// </summary>
internal sealed partial class ReconcileAnnouncer(
    ReconcileNewsCommands news,
    IPublishEndpoint bus,
    ReconcileSignals signals,
    IHostApplicationLifetime lifetime,
    IOptions<ArchiverOptions> archiver,
    IOptions<ReconcileOptions> options,
    TimeProvider clock,
    ILogger<ReconcileAnnouncer> logger) : BackgroundService
{
    private const int BatchSize = 20;

    // Longer than a batch takes when every publish needs its ten seconds' limit: those of a batch are made side by side.
    private static readonly TimeSpan BatchLease = TimeSpan.FromMinutes(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // A bus in memory drops what is published before the queues are bound.
            await StartedAsync(stoppingToken);
            var repeated = false;
            while (true)
            {
                var more = false;
                try
                {
                    if (!repeated)
                    {
                        await news.RepeatAsync(archiver.Value.RepeatAnnouncementsWithin, stoppingToken);
                        repeated = true;
                    }

                    more = await AnnounceBatchAsync(stoppingToken);
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    Log.TableUnreachable(logger, exception.Message);
                }

                if (!more)
                {
                    await signals.Announcements.WaitAsync(options.Value.PollInterval, clock, stoppingToken);
                }
            }
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop; whatever else failed meanwhile does not matter any more.
        }
    }

    /// <summary>True when there was something to say and all of it was said: there may be more.</summary>
    private async Task<bool> AnnounceBatchAsync(CancellationToken cancellationToken)
    {
        var calls = await news.ClaimCallsAsync(BatchSize, BatchLease, cancellationToken);
        var recordings = await news.ClaimRecordingsAsync(BatchSize, BatchLease, cancellationToken);
        var said = await Task.WhenAll(
        [
            .. calls.Select(call => AnnounceAsync(call, cancellationToken)),
            .. recordings.Select(recording => AnnounceAsync(recording, cancellationToken)),
        ]);
        return said.Length > 0 && Array.TrueForAll(said, confirmed => confirmed);
    }

    private async Task<bool> AnnounceAsync(FoundCall call, CancellationToken cancellationToken)
    {
        var announced = await TryAsync(
            async () =>
            {
                if (call.Started is { } started)
                {
                    await bus.Publish(JsonSerializer.Deserialize(started, ReconcileJsonContext.Default.CallStarted)!, cancellationToken);
                }

                if (call.Ended is { } ended)
                {
                    await bus.Publish(JsonSerializer.Deserialize(ended, ReconcileJsonContext.Default.CallEnded)!, cancellationToken);
                }
            },
            call.CallId,
            cancellationToken);
        await news.ConfirmAsync(call, announced, cancellationToken);
        return announced;
    }

    private async Task<bool> AnnounceAsync(FoundRecording recording, CancellationToken cancellationToken)
    {
        var announced = await TryAsync(
            () => recording.Status == RecordingStatuses.Completed
                ? bus.Publish(JsonSerializer.Deserialize(recording.Message, ReconcileJsonContext.Default.ProviderRecordingReady)!, cancellationToken)
                : bus.Publish(JsonSerializer.Deserialize(recording.Message, ReconcileJsonContext.Default.RecordingFailed)!, cancellationToken),
            recording.RecordingId.ToString(),
            cancellationToken);
        await news.ConfirmAsync(recording, announced, cancellationToken);
        return announced;
    }

    private async Task<bool> TryAsync(Func<Task> publish, string id, CancellationToken cancellationToken)
    {
        try
        {
            await publish();
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotConfirmed(logger, id, exception.Message);
            return false;
        }
    }

    private async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(4170, LogLevel.Warning, "What a reconciliation found ({Id}) was not confirmed by the bus and will be announced again: {Reason}")]
        public static partial void NotConfirmed(ILogger logger, string id, string reason);

        [LoggerMessage(4171, LogLevel.Warning, "The findings of reconciliations could not be read: {Reason}")]
        public static partial void TableUnreachable(ILogger logger, string reason);
    }
}
