using Burqi.Catalog.Database;
using Burqi.Contracts.Recordings;
using MassTransit;

namespace Burqi.Catalog.Recordings.Track;

/// <summary>A recording ended without usable audio. The message says whether it failed or the provider says there is none.</summary>
internal sealed class RecordingFailedConsumer(UpsertRecordingCommand upsertRecording) : IConsumer<RecordingFailed>
{
    public Task Consume(ConsumeContext<RecordingFailed> context)
    {
        var message = context.Message;
        if (message.Status is not (RecordingStatuses.Failed or RecordingStatuses.Absent))
        {
            throw new ArgumentException($"A recording cannot have failed with the status '{message.Status}'.", nameof(context));
        }

        return upsertRecording.ExecuteAsync(
            new(message.RecordingId, message.CallId, message.Provider, message.RecordingSource, message.RecordingType),
            message.Status,
            ToldFacts.Latest(RecordingStatus.Rank(message.Status), message.FailedAt)
                .Column("recording_sid", message.ProviderRecordingId)
                .Column("assistant_id", message.AssistantId)
                .Metadata("stream_id", message.StreamId)
                .Metadata("reason", message.Reason)
                .Metadata("error_code", message.ErrorCode)
                .Metadata("failed_at", message.FailedAt),
            message.CreateDatabaseRecords,
            context.CancellationToken);
    }
}
