using Burqi.Catalog.Announcing;
using Burqi.Contracts.Assistants;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Assistants.Announce;

/// <summary>Tells the assistants that are due. Of several quick changes the last alone may be told.</summary>
internal sealed partial class AssistantAnnouncer(
    AnnouncementsQuery query,
    ConfirmAnnouncementsCommand confirm,
    AnnouncementBell bell,
    IPublishEndpoint bus,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<AssistantAnnouncer> logger) : RowAnnouncer(bell, TimeSpan.FromSeconds(10), lifetime, time)
{
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

    private Task PublishAsync(object message, CancellationToken cancellationToken) => message switch
    {
        AssistantSaved saved => bus.Publish(saved, cancellationToken),
        AssistantDeleted deleted => bus.Publish(deleted, cancellationToken),
        _ => throw new ArgumentException("This is no news of an assistant.", nameof(message)),
    };
}
