using Burqi.Catalog.Announcing;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Completeness.Announce;

/// <summary>Tells what is missing of calls, and what no longer is. Nobody needs to listen: what no queue takes is told all the same.</summary>
internal sealed partial class CompletenessAnnouncer(
    CompletenessNewsQuery query,
    ConfirmCompletenessNewsCommand confirm,
    IPublishEndpoint bus,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<CompletenessAnnouncer> logger) : RowAnnouncer(bell: null, TimeSpan.FromSeconds(2), lifetime, time)
{
    private static readonly IPipe<PublishContext> NeedsNoListener = Pipe.Execute<PublishContext>(context => context.Mandatory = false);

    protected override async Task<int> AnnounceBatchAsync(CancellationToken cancellationToken)
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

    protected override void NotTold(TimeSpan pause, Exception exception) => Log.NotTold(logger, pause, exception);

    private Task PublishAsync(object message, CancellationToken cancellationToken) => bus.Publish(message, message.GetType(), NeedsNoListener, cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(5153, LogLevel.Debug, "What is missing of {Count} calls was told")]
        public static partial void Told(ILogger logger, int count);

        [LoggerMessage(5154, LogLevel.Warning, "What is missing of calls could not be told; again in {Pause}")]
        public static partial void NotTold(ILogger logger, TimeSpan pause, Exception exception);
    }
}
