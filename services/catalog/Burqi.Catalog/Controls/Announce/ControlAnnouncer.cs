using Burqi.Contracts.Recordings;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Controls.Announce;

/// <summary>
/// Publishes what was asked of live recordings, one request after the other, until the broker has confirmed it: the row is the outbox. Two
/// replicas may tell the same, which changes nothing.
/// </summary>
internal sealed partial class ControlAnnouncer(
    DueControlsQuery query,
    ConfirmControlsCommand confirm,
    ControlBell bell,
    IPublishEndpoint bus,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<ControlAnnouncer> logger) : BackgroundService
{
    private const int BatchSize = 50;

    // How late what another replica could not tell any more, or what waited for an answer in vain, is told by this one.
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // A bus in memory drops what is published before the queues are bound.
            await StartedAsync(stoppingToken);
            var pause = ShortestPause;
            while (true)
            {
                try
                {
                    if (await AnnounceBatchAsync(stoppingToken) == 0)
                    {
                        await bell.WaitAsync(LookInterval, time, stoppingToken);
                    }

                    pause = ShortestPause;
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    // Bus or database away, or nobody there to be told: it stays due.
                    Log.NotTold(logger, pause, exception);
                    await Task.Delay(pause, time, stoppingToken);
                    pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private async Task<int> AnnounceBatchAsync(CancellationToken cancellationToken)
    {
        var due = await query.ExecuteAsync(BatchSize, cancellationToken);
        foreach (var control in due)
        {
            await bus.Publish(ToMessage(control), cancellationToken);
            await confirm.ExecuteAsync(control.Id, cancellationToken);
            Log.Told(logger, control.CallId, control.Action);
        }

        return due.Count;
    }

    private static RecordingControlRequested ToMessage(RecordingControl control) => new()
    {
        ControlId = control.Id,
        Provider = control.Provider,
        CallId = control.CallId,
        AccountId = control.AccountId,
        AssistantId = control.AssistantId,
        Action = control.Action,
        RequestedAt = new DateTimeOffset(control.RequestedAt, TimeSpan.Zero),
    };

    private async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(5130, LogLevel.Information, "Call {CallId}: those who record it are told to {Action}")]
        public static partial void Told(ILogger logger, string callId, string action);

        [LoggerMessage(5131, LogLevel.Warning, "What was asked of live recordings could not be told; again in {Pause}")]
        public static partial void NotTold(ILogger logger, TimeSpan pause, Exception exception);
    }
}
