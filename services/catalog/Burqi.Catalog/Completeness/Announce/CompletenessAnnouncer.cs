using Burqi.Catalog.Database;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Completeness.Announce;

/// <summary>
/// Publishes what is missing of calls, and what no longer is, until the broker has confirmed it: the call's row is the outbox. A row is told as
/// it stands; two replicas may tell the same. Nobody needs to listen: what no queue takes is told all the same.
/// </summary>
internal sealed partial class CompletenessAnnouncer(
    CompletenessNewsQuery query,
    ConfirmCompletenessNewsCommand confirm,
    IPublishEndpoint bus,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<CompletenessAnnouncer> logger) : BackgroundService
{
    private const int BatchSize = 50;

    private static readonly IPipe<PublishContext> NeedsNoListener = Pipe.Execute<PublishContext>(context => context.Mandatory = false);
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);
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
                    if (await AnnounceBatchAsync(stoppingToken) < BatchSize)
                    {
                        await Task.Delay(LookInterval, time, stoppingToken);
                    }

                    pause = ShortestPause;
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    // Bus or database away, or the schema is not there yet: it stays to be told.
                    if (exception is not CatalogUnavailableException)
                    {
                        Log.NotTold(logger, pause, exception);
                    }

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

    private Task PublishAsync(object message, CancellationToken cancellationToken) => bus.Publish(message, message.GetType(), NeedsNoListener, cancellationToken);

    private async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(5153, LogLevel.Debug, "What is missing of {Count} calls was told")]
        public static partial void Told(ILogger logger, int count);

        [LoggerMessage(5154, LogLevel.Warning, "What is missing of calls could not be told; again in {Pause}")]
        public static partial void NotTold(ILogger logger, TimeSpan pause, Exception exception);
    }
}
