using Burqi.Contracts.Assistants;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Assistants.Announce;

/// <summary>
/// Publishes the assistants that are due until the broker has confirmed them: the row is the outbox. A row is told as it stands, so that of
/// several quick changes the last alone may be told; two replicas may tell the same, which changes nothing.
/// </summary>
internal sealed partial class AssistantAnnouncer(
    AnnouncementsQuery query,
    ConfirmAnnouncementsCommand confirm,
    AnnouncementBell bell,
    IPublishEndpoint bus,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<AssistantAnnouncer> logger) : BackgroundService
{
    private const int BatchSize = 50;

    // How late what another replica could not tell any more is told by this one.
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);
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
        if (due.Count == 0)
        {
            return 0;
        }

        await Task.WhenAll(due.Select(news => PublishAsync(news.ToMessage(), cancellationToken)));
        await confirm.ExecuteAsync(due, cancellationToken);
        Log.Told(logger, due.Count);
        return due.Count;
    }

    private Task PublishAsync(object message, CancellationToken cancellationToken) => message switch
    {
        AssistantSaved saved => bus.Publish(saved, cancellationToken),
        AssistantDeleted deleted => bus.Publish(deleted, cancellationToken),
        _ => throw new ArgumentException("This is no news of an assistant.", nameof(message)),
    };

    private async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(cancellationToken);
    }
}
