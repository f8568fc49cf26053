using Burqi.Archiver.Jobs;
using Burqi.Contracts.Recordings;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.Retention;

/// <summary>Writes down that a recording is to be deleted. It is done later, outside the acknowledgement.</summary>
internal sealed partial class RecordingDeletionRequestedConsumer(AskCommand ask, JobSignals signals, ILogger<RecordingDeletionRequestedConsumer> logger)
    : IConsumer<RecordingDeletionRequested>
{
    public async Task Consume(ConsumeContext<RecordingDeletionRequested> context)
    {
        var message = context.Message;
        var recording = new AskedOf
        {
            RecordingId = message.RecordingId,
            Provider = message.Provider,
            CallId = message.CallId,
            RecordingType = message.RecordingType,
            RecordingSource = message.RecordingSource,
            ProviderRecordingId = message.ProviderRecordingId,
            AssistantId = message.AssistantId,
        };
        await ask.DeletionAsync(recording, new(message.DeletionId, message.Reason), context.CancellationToken);
        signals.Work.Ring();
        signals.Announcements.Ring();
        Log.Accepted(logger, message.RecordingId, message.Reason);
    }

    private static partial class Log
    {
        [LoggerMessage(4360, LogLevel.Information, "Recording {RecordingId} is to be deleted. {Reason}")]
        public static partial void Accepted(ILogger logger, Guid recordingId, string reason);
    }
}
