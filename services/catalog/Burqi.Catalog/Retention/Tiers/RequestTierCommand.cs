using Burqi.Catalog.Calls.Track;
using Burqi.Catalog.Database;
using Burqi.Catalog.Retention.Plan;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Retention.Tiers;

/// <summary>Decides that a recording's object lies in another tier from now on, if that is still due. Under the call's lock, as a deletion is.</summary>
internal sealed partial class RequestTierCommand(CatalogDatabase database, RetentionMetrics metrics, ILogger<RequestTierCommand> logger)
{
    private const string Ask =
        """
        update catalog.recording_retention known
        set tier_asked = @tier, tier_asked_at = clock_timestamp(), tier_announced_at = null, tier_answered_at = null
        where recording_id = @recordingId and object_bytes is not null and deletion_id is null
            and (assistant_id, tier_kind, tier_asked) = (@assistantId, @kind, @from)
            and counted_from <= now() - make_interval(days => @days)
            and not exists (select from catalog.legal_holds hold where hold.call_id = known.call_id)
            and exists (select from catalog.recordings recording where recording.id = known.recording_id and recording.status in ('completed', 'failed'))
        """;

    /// <summary>Whether it is asked for.</summary>
    public async Task<bool> ExecuteAsync(DueRecording recording, DueRule rule, CancellationToken cancellationToken)
    {
        var parameters = new
        {
            callId = recording.CallId,
            recordingId = recording.RecordingId,
            tier = rule.Action,
            from = rule.Tier,
            assistantId = rule.AssistantId,
            kind = rule.Kind,
            days = rule.Days,
        };
        var isAsked = await database.ReadAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await connection.ExecuteAsync(new CommandDefinition(TellOfCallCommand.Lock, parameters, cancellationToken: cancellationToken));
                var rows = await connection.ExecuteAsync(new CommandDefinition(Ask, parameters, cancellationToken: cancellationToken));
                await transaction.CommitAsync(cancellationToken);
                return rows == 1;
            },
            cancellationToken);
        if (isAsked)
        {
            metrics.Requested(rule.Action, "policy");
            Log.Requested(logger, recording.RecordingId, recording.CallId, rule.Action);
        }

        return isAsked;
    }

    private static partial class Log
    {
        [LoggerMessage(5211, LogLevel.Information, "Recording {RecordingId} of call {CallId} is to lie in the tier {Tier}")]
        public static partial void Requested(ILogger logger, Guid recordingId, string callId, string tier);
    }
}
