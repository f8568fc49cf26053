using Burqi.Archiver.Jobs;
using Burqi.Contracts.Recordings;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.Retention;

/// <summary>Writes down that a recording's object is to lie in another tier. It is done later, outside the acknowledgement.</summary>
internal sealed partial class RecordingTierRequestedConsumer(AskCommand ask, JobSignals signals, ILogger<RecordingTierRequestedConsumer> logger)
    : IConsumer<RecordingTierRequested>
{
    public async Task Consume(ConsumeContext<RecordingTierRequested> context)
    {
        var message = context.Message;
        if (message.Tier is not (StorageTiers.Hot or StorageTiers.Cool or StorageTiers.Archive))
        {
            Log.Unknown(logger, message.RecordingId);
            return;
        }

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
        await ask.TierAsync(recording, new(message.Tier, message.RequestedAt), context.CancellationToken);
        signals.Work.Ring();
        signals.Announcements.Ring();
        Log.Accepted(logger, message.RecordingId, message.Tier);
    }

    private static partial class Log
    {
        [LoggerMessage(4361, LogLevel.Information, "Recording {RecordingId} is to lie in the tier {Tier}")]
        public static partial void Accepted(ILogger logger, Guid recordingId, string tier);

        [LoggerMessage(4362, LogLevel.Error, "Recording {RecordingId} is to lie in a tier that this release does not know: it stays where it is")]
        public static partial void Unknown(ILogger logger, Guid recordingId);
    }
}
