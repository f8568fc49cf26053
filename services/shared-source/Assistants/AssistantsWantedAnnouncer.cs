using Burqi.Contracts.Assistants;
using MassTransit;
using Microsoft.Extensions.Hosting;

namespace Burqi.Assistants;

/// <summary>
/// Asks catalog to tell all assistants: when the process has started, and whenever a consumer of it is attached anew, since its queue may
/// have been gone meanwhile. Until the bus takes the question it is repeated; until it is answered, what was known last is good.
/// </summary>
internal sealed class AssistantsWantedAnnouncer(
    AssistantDirectory directory,
    AssistantsBell bell,
    IPublishEndpoint bus,
    AssistantLog log,
    IHostApplicationLifetime lifetime,
    TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (directory.Trouble is { } trouble)
        {
            log.NotRead(trouble);
        }

        try
        {
            // A bus in memory drops what is published before the queues are bound.
            await StartedAsync(stoppingToken);
            bell.Ring();
            while (true)
            {
                await bell.WaitAsync(stoppingToken);
                await AskAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        for (var pause = ShortestPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await bus.Publish(new AssistantsWanted { Node = Environment.MachineName, WantedAt = time.GetUtcNow() }, cancellationToken);
                log.Asked(directory.Count);
                return;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                log.NotAsked(exception, pause);
            }

            // Spread, so that nodes that lost the same broker do not all come back at once.
            await Task.Delay(pause * (0.8 + (0.4 * Random.Shared.NextDouble())), time, cancellationToken);
        }
    }

    private async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(cancellationToken);
    }
}
