using Burqi.Catalog.Announcing;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Retention.Announce;

/// <summary>Asks the archiver for what was decided.</summary>
internal sealed partial class RetentionAnnouncer(
    RetentionNewsQuery query,
    ConfirmRetentionNewsCommand confirm,
    IPublishEndpoint bus,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<RetentionAnnouncer> logger) : RowAnnouncer(bell: null, TimeSpan.FromSeconds(2), lifetime, time)
{
    private bool _isForgotten;

    protected override async Task<int> AnnounceBatchAsync(CancellationToken cancellationToken)
    {
        if (!_isForgotten)
        {
            // A bus in memory took with it what it had confirmed.
            await confirm.ForgetAsync(cancellationToken);
            _isForgotten = true;
        }

        var due = await query.ExecuteAsync(BatchSize, cancellationToken);
        if (due.Count == 0)
        {
            return 0;
        }

        await Task.WhenAll(due.Select(news => news.ToMessage()).Select(message => bus.Publish(message, message.GetType(), cancellationToken)));
        await confirm.ExecuteAsync(due, cancellationToken);
        Log.Told(logger, due.Count);
        return due.Count;
    }

    protected override void NotTold(TimeSpan pause, Exception exception) => Log.NotTold(logger, pause, exception);

    private static partial class Log
    {
        [LoggerMessage(5213, LogLevel.Debug, "The archiver was asked to delete or to move {Count} recordings")]
        public static partial void Told(ILogger logger, int count);

        [LoggerMessage(5214, LogLevel.Warning, "The archiver could not be asked to delete or to move recordings; again in {Pause}")]
        public static partial void NotTold(ILogger logger, TimeSpan pause, Exception exception);
    }
}
