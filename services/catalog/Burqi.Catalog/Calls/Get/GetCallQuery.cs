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
            select * from catalog.recording_events where call_id = @callId and id < @eventsBefore and event <> all (@Accesses) and {VisibleRows.EventCondition} order by id desc limit @take) latest
        order by id;
        {DoneControl.Sql}
        {LegalHold.Sql}
        """;

    public Task<CallDetails?> ExecuteAsync(string callId, long eventsBefore, Caller caller, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            await using var results = await connection.QueryMultipleAsync(
                new CommandDefinition(Sql, Parameters(callId, eventsBefore, caller), cancellationToken: cancellationToken));
            if (await results.ReadSingleOrDefaultAsync<CallDetails>() is not { } call)
            {
                return null;
            }

            Recording[] recordings = [.. await results.ReadAsync<Recording>()];
            RecordingEvent[] events = [.. await results.ReadAsync<RecordingEvent>()];
            var shown = events.Length > MostEvents ? events[1..] : events;
            return call with
            {
                Recordings = recordings,
                Gaps = CallGap.Of(recordings),
                Events = shown,
                EventsNextCursor = events.Length > MostEvents ? EventsCursor.Write(shown[0].Number) : null,
                Pauses = CallPause.Of(await results.ReadAsync<DoneControl>(), call.EndedAt),
                LegalHold = await results.ReadSingleOrDefaultAsync<LegalHold>(),
                ProviderIds = ProviderIds.Of(call, recordings),
            };
        },
        cancellationToken);

    // One event more than is shown tells whether there are others before.
    private static object Parameters(string callId, long eventsBefore, Caller caller) =>
        new { callId, eventsBefore, take = MostEvents + 1, RecordingEventNames.Accesses, caller.AssistantIds };
}
