using System.Text.Json.Nodes;
using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings.Events;
using Burqi.Catalog.Recordings.Track;
using Burqi.Contracts.Recordings;
using MassTransit;

namespace Burqi.Catalog.Recordings.ProviderCopies;

/// <summary>
/// The provider's own copy of a recording is gone. The recording itself is as it was: it lies in the store. Its status says only what follows
/// from the message, since that may come before the one that names the object.
/// </summary>
internal sealed class ProviderRecordingDeletedConsumer(UpsertRecordingCommand upsertRecording) : IConsumer<ProviderRecordingDeleted>
{
    public Task Consume(ConsumeContext<ProviderRecordingDeleted> context)
    {
        var message = context.Message;
        return upsertRecording.ExecuteAsync(
            new(message.RecordingId, message.CallId, message.Provider, message.RecordingSource, message.RecordingType),
            RecordingStatuses.Captured,
            ToldFacts.Earliest(RecordingStatus.Rank(RecordingStatuses.Captured), message.DeletedAt)
                .Column("recording_sid", message.ProviderRecordingId)
                .Column("assistant_id", message.AssistantId)
                .Metadata("deleted_at_provider_at", message.DeletedAt),
            message.CreateDatabaseRecords,
            context.CancellationToken,
            connection => RecordingEventLog.AppendOnceAsync(
                connection,
                RecordingEventNames.ProviderCopyDeleted,
                message.CallId,
                message.RecordingId,
                actor: null,
                new JsonObject
                {
                    ["recording_sid"] = message.ProviderRecordingId,
                    ["s3_key"] = message.ObjectKey,
                    ["assistant_id"] = message.AssistantId,
                    ["deleted_at"] = message.DeletedAt.UtcDateTime,
                },
                context.CancellationToken));
    }
}
