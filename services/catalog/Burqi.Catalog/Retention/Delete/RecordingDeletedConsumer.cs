using System.Text.Json.Nodes;
using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings;
using Burqi.Catalog.Recordings.Events;
using Burqi.Catalog.Recordings.Track;
using Burqi.Catalog.Recordings.Waveforms;
using Burqi.Contracts.Recordings;
using Dapper;
using MassTransit;

namespace Burqi.Catalog.Retention.Delete;

/// <summary>A recording is deleted everywhere. What is left is the row: what it was, without where its audio lay.</summary>
internal sealed class RecordingDeletedConsumer(UpsertRecordingCommand upsertRecording, RetentionMetrics metrics) : IConsumer<RecordingDeleted>
{
    private const string Answer =
        "update catalog.recording_deletions set answered_at = clock_timestamp(), failure = null where recording_id = @id and (answered_at is null or failure is not null)";

    public async Task Consume(ConsumeContext<RecordingDeleted> context)
    {
        var message = context.Message;
        var isAnswered = false;
        await upsertRecording.ExecuteAsync(
            new(message.RecordingId, message.CallId, message.Provider, message.RecordingSource, message.RecordingType),
            RecordingStatuses.Deleted,
            ToldFacts.Latest(RecordingStatus.Rank(RecordingStatuses.Deleted), message.DeletedAt)
                .Column("recording_sid", message.ProviderRecordingId)
                .Column("assistant_id", message.AssistantId)
                .Nothing("s3_key")
                .Nothing("s3_url")
                .Nothing("file_path")
                .Metadata("deleted_at", message.DeletedAt)
                .Metadata("deletion_id", message.DeletionId.ToString())
                .Metadata("deletion_note", message.Note),
            createDatabaseRecords: null,
            context.CancellationToken,
            async connection =>
            {
                await connection.ExecuteAsync(new CommandDefinition(SaveWaveformCommand.Forget, new { id = message.RecordingId }, cancellationToken: context.CancellationToken));
                isAnswered = await connection.ExecuteAsync(
                    new CommandDefinition(Answer, new { id = message.RecordingId }, cancellationToken: context.CancellationToken)) == 1;
                var details = new JsonObject { ["deletion_id"] = message.DeletionId.ToString(), ["note"] = message.Note };
                await RecordingEventLog.AppendOnceAsync(
                    connection, RecordingEventNames.Deleted, message.CallId, message.RecordingId, actor: null, details, context.CancellationToken);
            });
        if (isAnswered)
        {
            metrics.Answered("deleted");
        }
    }
}
