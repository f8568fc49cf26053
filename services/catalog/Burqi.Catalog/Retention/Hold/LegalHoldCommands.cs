using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Access;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Calls.Track;
using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings.Events;
using Dapper;
using Npgsql;

namespace Burqi.Catalog.Retention.Hold;

/// <summary>Places and lifts legal holds, under the call's lock: a deletion that is decided at the same instant is either seen here or sees the hold.</summary>
internal sealed class LegalHoldCommands(CatalogDatabase database)
{
    // A hold is the whole call's: where the call is there for somebody, or, as long as nothing is known of the call itself, all its recordings are.
    private const string IsKnown =
        $"""
        select coalesce(
            (select {VisibleRows.Condition} from catalog.calls where call_id = @callId),
            (select bool_and({VisibleRows.Condition}) from catalog.recordings where call_id = @callId),
            false)
        """;

    private const string Going =
        "select recording_id from catalog.recording_deletions where call_id = @callId and answered_at is null order by requested_at, recording_id";

    private const string Place =
        """
        insert into catalog.legal_holds as known (call_id, reason) values (@callId, @reason)
        on conflict (call_id) do update set reason = excluded.reason
        returning reason as Reason, placed_at as PlacedAt
        """;

    // As if it had not been asked for: it is due again once the hold is lifted. What archiver has heard of already it may still do, and tell.
    private const string Unask =
        """
        update catalog.recording_retention known
        set tier_asked = case when recording.told -> 'metadata.tier' ->> 2 = 'cool' then 'cool' else 'hot' end, tier_asked_at = null, tier_announced_at = null
        from catalog.recordings recording
        where known.call_id = @callId and known.tier_asked_at is not null and known.tier_answered_at is null and recording.id = known.recording_id
        """;

    private const string Lift = $"delete from catalog.legal_holds where call_id = @callId and ({IsKnown}) returning reason";

    /// <summary>The hold as it stands; null where there is no such call.</summary>
    public Task<PlacedLegalHold?> PlaceAsync(string callId, Caller caller, string reason, CancellationToken cancellationToken) => InLockAsync<PlacedLegalHold?>(
        callId,
        async connection =>
        {
            if (!await connection.ExecuteScalarAsync<bool>(Command(IsKnown, new { callId, caller.AssistantIds })))
            {
                return null;
            }

            var going = (await connection.QueryAsync<Guid>(Command(Going, new { callId }))).ToArray();
            await connection.ExecuteAsync(Command(Unask, new { callId }));
            var hold = await connection.QuerySingleAsync<LegalHold>(Command(Place, new { callId, reason }));
            await RecordingEventLog.AppendAsync(
                connection, RecordingEventNames.LegalHoldPlaced, callId, recordingId: null, Asker.Of(caller), new JsonObject { ["reason"] = reason }, cancellationToken);
            return new PlacedLegalHold { Reason = hold.Reason, PlacedAt = hold.PlacedAt, BeingDeleted = going };

            CommandDefinition Command(string sql, object parameters) => new(sql, parameters, cancellationToken: cancellationToken);
        },
        cancellationToken);

    /// <summary>Whether there was one.</summary>
    public Task<bool> LiftAsync(string callId, Caller caller, CancellationToken cancellationToken) => InLockAsync(
        callId,
        async connection =>
        {
            var reason = await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(Lift, new { callId, caller.AssistantIds }, cancellationToken: cancellationToken));
            if (reason is null)
            {
                return false;
            }

            await RecordingEventLog.AppendAsync(
                connection, RecordingEventNames.LegalHoldLifted, callId, recordingId: null, Asker.Of(caller), new JsonObject { ["reason"] = reason }, cancellationToken);
            return true;
        },
        cancellationToken);

    private Task<T> InLockAsync<T>(string callId, Func<NpgsqlConnection, Task<T>> change, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await connection.ExecuteAsync(new CommandDefinition(TellOfCallCommand.Lock, new { callId }, cancellationToken: cancellationToken));
            var result = await change(connection);
            await transaction.CommitAsync(cancellationToken);
            return result;
        },
        cancellationToken);
}
