using Burqi.Catalog.Announcing;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Access.Keys.Announce;

/// <summary>Tells the keys that are due. Of several quick changes the last alone may be told.</summary>
internal sealed partial class KeyAnnouncer(
    KeyNewsCommands news,
    KeyNewsBell bell,
    IPublishEndpoint bus,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<KeyAnnouncer> logger) : RowAnnouncer(bell, TimeSpan.FromSeconds(10), lifetime, time)
{
    protected override async Task<int> AnnounceBatchAsync(CancellationToken cancellationToken)
    {
        var due = await news.DueAsync(BatchSize, cancellationToken);
        if (due.Count == 0)
        {
            return 0;
        }

        await Task.WhenAll(due.Select(key => bus.Publish(key.ToMessage(), cancellationToken)));
        await news.ConfirmAsync(due, cancellationToken);
        Log.Told(logger, due.Count);
        return due.Count;
    }

    protected override void NotTold(TimeSpan pause, Exception exception) => Log.NotTold(logger, pause, exception);

    private static partial class Log
    {
        [LoggerMessage(5225, LogLevel.Debug, "{Count} API keys were told")]
        public static partial void Told(ILogger logger, int count);

        [LoggerMessage(5226, LogLevel.Warning, "API keys could not be told; again in {Pause}")]
        public static partial void NotTold(ILogger logger, TimeSpan pause, Exception exception);
    }
}
