using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Media.Control;

/// <summary>Tells what was done to live recordings until the bus has confirmed it.</summary>
internal sealed partial class ControlAnnouncer(
    CallControls controls,
    ControlBell bell,
    IPublishEndpoint bus,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<ControlAnnouncer> logger) : BackgroundService
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (controls.Trouble is { } trouble)
        {
            Log.NotRead(logger, trouble);
        }

        try
        {
            // A bus in memory drops what is published before the queues are bound.
            await StartedAsync(stoppingToken);
            bell.Ring();
            while (true)
            {
                await bell.WaitAsync(stoppingToken);
                await TellAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        var pause = ShortestPause;
        while (controls.Due() is { Count: > 0 } due)
        {
            try
            {
                foreach (var answer in due)
                {
                    await bus.Publish(answer, cancellationToken);
                    Confirm(answer);
                }
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // Not confirmed, for whatever reason: it stays due.
                Log.NotTold(logger, pause, exception);
                await Task.Delay(pause * (0.75 + (Random.Shared.NextDouble() / 2)), time, cancellationToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private void Confirm(Contracts.Recordings.RecordingControlAnswered answer)
    {
        try
        {
            controls.Confirm(answer);
        }
        catch (IOException exception)
        {
            Log.NotConfirmed(logger, answer.CallId, exception);
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
        [LoggerMessage(3303, LogLevel.Warning, "What was asked of recordings before this start could not all be read")]
        public static partial void NotRead(ILogger logger, Exception exception);

        [LoggerMessage(3304, LogLevel.Warning, "What was done to a live recording could not be told; again in {Pause}")]
        public static partial void NotTold(ILogger logger, TimeSpan pause, Exception exception);

        [LoggerMessage(3305, LogLevel.Warning, "That it was told what was done to the recordings of call {CallId} could not be written down; the next start tells it again")]
        public static partial void NotConfirmed(ILogger logger, string callId, Exception exception);
    }
}
