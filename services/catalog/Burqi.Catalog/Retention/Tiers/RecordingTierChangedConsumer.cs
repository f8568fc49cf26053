using System.Text.Json.Nodes;
using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings;
using Burqi.Catalog.Recordings.Events;
using Burqi.Catalog.Recordings.Track;
using Burqi.Contracts.Recordings;
using Dapper;
using MassTransit;

namespace Burqi.Catalog.Retention.Tiers;

/// <summary>A recording's object lies in another tier, or its store has none such. The status says only what follows: it was captured.</summary>
internal sealed class RecordingTierChangedConsumer(UpsertRecordingCommand upsertRecording, RetentionMetrics metrics) : IConsumer<RecordingTierChanged>
{
    // The event is told with the first answer to what was asked last; a repetition finds it answered, and what was asked before that closes nothing. What
    // a legal hold had taken back, and archiver did all the same, is taken for asked: that is where the object lies.
    private const string Answer =
        """
        update catalog.recording_retention
        set tier_answered_at = clock_timestamp(), tier_asked_at = coalesce(tier_asked_at, clock_timestamp()),
            tier_asked = case when @note is null then @tier else tier_asked end
        where recording_id = @id and tier_answered_at is null
            and (tier_asked_at is not null and (tier_asked = @tier or @note is not null)
                or tier_asked_at is null and tier_asked <> @tier and @note is null)
        """;

    public async Task Consume(ConsumeContext<RecordingTierChanged> context)
    {
        var message = context.Message;
        var facts = ToldFacts.Latest(RecordingStatus.Rank(RecordingStatuses.Captured), message.ChangedAt)
            .Column("recording_sid", message.ProviderRecordingId)
            .Column("assistant_id", message.AssistantId)
            .Metadata("tier", message.Tier)
            .Nothing("metadata.tier_note")
            .Metadata("tier_note", message.Note);
        var isAnswered = false;
        await upsertRecording.ExecuteAsync(
            new(message.RecordingId, message.CallId, message.Provider, message.RecordingSource, message.RecordingType),
            RecordingStatuses.Captured,
            facts,
            createDatabaseRecords: null,
            context.CancellationToken,
            async connection =>
            {
                isAnswered = await connection.ExecuteAsync(
                    new CommandDefinition(
                        Answer, new { id = message.RecordingId, tier = message.Tier, note = message.Note }, cancellationToken: context.CancellationToken)) == 1;
                if (isAnswered)
                {
                    var details = new JsonObject { ["tier"] = message.Tier, ["note"] = message.Note };
                    await RecordingEventLog.AppendAsync(
                        connection, RecordingEventNames.TierChanged, message.CallId, message.RecordingId, actor: null, details, context.CancellationToken);
                }
            });
        if (isAnswered)
        {
            metrics.Answered(message.Note is null ? "tier-changed" : "tier-kept");
        }
    }
}
