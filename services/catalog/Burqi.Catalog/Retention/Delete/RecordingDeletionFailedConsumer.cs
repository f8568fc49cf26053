using System.Text.Json.Nodes;
using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings;
using Burqi.Catalog.Recordings.Events;
using Burqi.Catalog.Recordings.Track;
using Burqi.Contracts.Recordings;
using Dapper;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Retention.Delete;

/// <summary>The archiver gave a deletion up. It is not asked for again before somebody does; should it succeed after all, the row says so then.</summary>
internal sealed partial class RecordingDeletionFailedConsumer(
    UpsertRecordingCommand upsertRecording, RetentionMetrics metrics, ILogger<RecordingDeletionFailedConsumer> logger) : IConsumer<RecordingDeletionFailed>
{
    // Of the deletion that was asked for last, and only if it has no answer: one that was asked for again since has not failed.
    private const string Answer =
        "update catalog.recording_deletions set answered_at = clock_timestamp(), failure = left(@Reason, 2000) where id = @DeletionId and answered_at is null";

    public async Task Consume(ConsumeContext<RecordingDeletionFailed> context)
    {
        var message = context.Message;
        var isAnswered = false;
        await upsertRecording.ExecuteAsync(
            new(message.RecordingId, message.CallId, message.Provider, message.RecordingSource, message.RecordingType),
            RecordingStatuses.Captured,
            ToldFacts.Latest(RecordingStatus.Rank(RecordingStatuses.Captured), message.FailedAt)
                .Column("recording_sid", message.ProviderRecordingId)
                .Column("assistant_id", message.AssistantId)
                .Metadata("deletion_failure", message.Reason),
            createDatabaseRecords: null,
            context.CancellationToken,
            async connection =>
            {
                isAnswered = await connection.ExecuteAsync(
                    new CommandDefinition(Answer, new { message.DeletionId, message.Reason }, cancellationToken: context.CancellationToken)) == 1;
                if (isAnswered)
                {
                    var details = new JsonObject { ["deletion_id"] = message.DeletionId.ToString(), ["reason"] = message.Reason };
                    await RecordingEventLog.AppendAsync(
                        connection, RecordingEventNames.DeletionFailed, message.CallId, message.RecordingId, actor: null, details, context.CancellationToken);
                }
            });
        if (isAnswered)
        {
            metrics.Answered("failed");
            Log.Failed(logger, message.RecordingId, message.CallId, message.Reason);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5212, LogLevel.Error, "Recording {RecordingId} of call {CallId} was to be deleted and is not. {Reason}")]
        public static partial void Failed(ILogger logger, Guid recordingId, string callId, string reason);
    }
}
