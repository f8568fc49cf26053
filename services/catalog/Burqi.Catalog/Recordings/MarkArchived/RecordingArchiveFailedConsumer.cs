using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings.Track;
using Burqi.Contracts.Recordings;
using MassTransit;

namespace Burqi.Catalog.Recordings.MarkArchived;

/// <summary>The archiver gave a recording up. Should a retry succeed, the reason stays as history.</summary>
internal sealed class RecordingArchiveFailedConsumer(UpsertRecordingCommand upsertRecording) : IConsumer<RecordingArchiveFailed>
{
    public Task Consume(ConsumeContext<RecordingArchiveFailed> context)
    {
        var message = context.Message;
        return upsertRecording.ExecuteAsync(
            new(message.RecordingId, message.CallId, message.Provider, message.RecordingSource, message.RecordingType),
            RecordingStatuses.Failed,
            ToldFacts.Latest(RecordingStatus.Rank(RecordingStatuses.Failed), message.FailedAt)
                .Column("recording_sid", message.ProviderRecordingId)
                .Column("assistant_id", message.AssistantId)
                .Metadata("stream_id", message.StreamId)
                .Metadata("reason", message.Reason)
                .Metadata("archive_attempts", message.Attempts)
                .Metadata("failed_at", message.FailedAt),
            message.CreateDatabaseRecords,
            context.CancellationToken);
    }
}
