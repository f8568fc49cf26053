using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings.Track;
using Burqi.Contracts.Recordings;
using MassTransit;

namespace Burqi.Catalog.Recordings.MarkArchived;

/// <summary>A recording is on its way to the store.</summary>
internal sealed class RecordingArchiveStartedConsumer(UpsertRecordingCommand upsertRecording) : IConsumer<RecordingArchiveStarted>
{
    public Task Consume(ConsumeContext<RecordingArchiveStarted> context)
    {
        var message = context.Message;
        return upsertRecording.ExecuteAsync(
            new(message.RecordingId, message.CallId, message.Provider, message.RecordingSource, message.RecordingType),
            RecordingStatuses.Archiving,
            ToldFacts.Earliest(RecordingStatus.Rank(RecordingStatuses.Archiving), message.ArchiveStartedAt)
                .Column("recording_sid", message.ProviderRecordingId)
                .Column("assistant_id", message.AssistantId)
                .Metadata("stream_id", message.StreamId)
                .Metadata("archive_started_at", message.ArchiveStartedAt),
            message.CreateDatabaseRecords,
            context.CancellationToken);
    }
}
