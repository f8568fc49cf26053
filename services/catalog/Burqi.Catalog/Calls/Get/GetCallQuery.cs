using Burqi.Access;
using Burqi.Catalog.Access;
using Burqi.Catalog.Controls;
using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings;
using Burqi.Catalog.Recordings.Events;
using Burqi.Catalog.Retention.Hold;
using Dapper;

namespace Burqi.Catalog.Calls.Get;

internal sealed class GetCallQuery(CatalogDatabase database)
{
    /// <summary>How many events are shown, so that an answer stays an answer whatever was done to the call.</summary>
    public const int MostEvents = 200;

    private const string Sql =
        $"""
        select {Call.Columns} from catalog.calls where call_id = @callId and {VisibleRows.Condition};
        select {Recording.Columns} from catalog.recordings where call_id = @callId and {VisibleRows.Condition} order by listed_at, id;
        select {RecordingEvent.Columns} from (
            select * from catalog.recording_events where call_id = @callId and event <> all (@Accesses) and {VisibleRows.EventCondition} order by id desc limit @MostEvents) latest
        order by id;
        {DoneControl.Sql}
        {LegalHold.Sql}
        """;

    public Task<CallDetails?> ExecuteAsync(string callId, Caller caller, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            await using var results = await connection.QueryMultipleAsync(new CommandDefinition(Sql, new { callId, MostEvents, RecordingEventNames.Accesses, caller.AssistantIds }, cancellationToken: cancellationToken));
            return await results.ReadSingleOrDefaultAsync<CallDetails>() is { } call
                ? call with
                {
                    Recordings = [.. await results.ReadAsync<Recording>()],
                    Events = [.. await results.ReadAsync<RecordingEvent>()],
                    Pauses = CallPause.Of(await results.ReadAsync<DoneControl>(), call.EndedAt),
                    LegalHold = await results.ReadSingleOrDefaultAsync<LegalHold>(),
                }
                : null;
        },
        cancellationToken);
}
