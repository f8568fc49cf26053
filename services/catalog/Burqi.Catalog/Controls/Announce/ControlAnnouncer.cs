using Burqi.Catalog.Announcing;
using Burqi.Contracts.Recordings;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Controls.Announce;

/// <summary>Tells what was asked of live recordings, one request after the other; one that waited for an answer in vain at its next look.</summary>
internal sealed partial class ControlAnnouncer(
    DueControlsQuery query,
    ConfirmControlsCommand confirm,
    ControlBell bell,
    IPublishEndpoint bus,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<ControlAnnouncer> logger) : RowAnnouncer(bell, TimeSpan.FromSeconds(5), lifetime, time)
{
    protected override async Task<int> AnnounceBatchAsync(CancellationToken cancellationToken)
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

    protected override void NotTold(TimeSpan pause, Exception exception) => Log.NotTold(logger, pause, exception);

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

    private static partial class Log
    {
        [LoggerMessage(5130, LogLevel.Information, "Call {CallId}: those who record it are told to {Action}")]
        public static partial void Told(ILogger logger, string callId, string action);

        [LoggerMessage(5131, LogLevel.Warning, "What was asked of live recordings could not be told; again in {Pause}")]
        public static partial void NotTold(ILogger logger, TimeSpan pause, Exception exception);
    }
}
