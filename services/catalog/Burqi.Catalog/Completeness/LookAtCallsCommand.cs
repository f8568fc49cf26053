using System.Text.Json.Nodes;
using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings.Events;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Burqi.Catalog.Completeness;

/// <summary>
/// Looks at the calls that are due, a batch at a time, and writes what came of it: the state, the event and the promise to tell of it as one
/// change. Replicas look side by side, each at calls that no other holds; one that dies on the way leaves its calls due. A look waits for no lock
/// while it has some, so it needs none of <see cref="Calls.Track.TellOfCallCommand"/>'s.
/// </summary>
internal sealed partial class LookAtCallsCommand(
    CatalogDatabase database,
    IOptions<CompletenessOptions> options,
    CompletenessMetrics metrics,
    ILogger<LookAtCallsCommand> logger)
{
    // The settings that held within a minute of the beginning: nodes hear of a change a little after it is made. A call that was heard of before
    // it was handed over was ours before.
    private const string Due =
        """
        select
            call_id as CallId, status as Status, parent_call_id as ParentCallId, assistant_id as AssistantId, duration_ms as DurationMs,
            ended_at as EndedAt, updated_at as UpdatedAt, clock_timestamp() as Now,
            completeness as Completeness, completeness_reason as CompletenessReason,
            settings.recorded as IsRecorded, settings.listed as IsListed,
            case when cast(told -> 'handed_over_at' ->> 2 as timestamptz) <= started_at then started_at end as HandedOverAt,
            stopped.local as LocalStoppedAt, stopped.provider as ProviderStoppedAt
        from catalog.calls call
        left join lateral (
            select bool_and(recorded) as recorded, bool_and(listed) as listed
            from catalog.assistant_recording setting
            where setting.assistant_id = call.assistant_id
                and setting.since <= call.listed_at + interval '1 minute'
                and setting.since >= coalesce(
                    (
                        select max(since) from catalog.assistant_recording earlier
                        where earlier.assistant_id = call.assistant_id and earlier.since <= call.listed_at - interval '1 minute'),
                    '-infinity')) settings on true
        left join lateral (
            select
                min(answer.answered_at) filter (where answer.scope = 'local') as local,
                min(answer.answered_at) filter (where answer.scope = 'provider') as provider
            from catalog.recording_controls control
            join catalog.recording_control_answers answer on answer.control_id = control.id and answer.applied
            where control.call_id = call.call_id and control.action = 'stop') stopped on true
        where completeness_due_at <= now()
        order by completeness_due_at
        limit @limit
        for no key update of call skip locked
        """;

    private const string Recordings = $"select {JudgedRecording.Columns} from catalog.recordings where call_id = any (@ids)";

    private const string Write =
        """
        update catalog.calls call
        set completeness = judged.state, completeness_reason = judged.reason, completeness_type = judged.type,
            completeness_recorded_ms = judged.recorded_ms, completeness_checked_at = now(), completeness_due_at = judged.due_at,
            completeness_since = case when (call.completeness, call.completeness_reason) is distinct from (judged.state, judged.reason)
                then now() else call.completeness_since end,
            completeness_news = call.completeness_news + judged.news
        from unnest(
            cast(@CallIds as text[]), cast(@States as text[]), cast(@Reasons as text[]), cast(@Types as text[]), cast(@RecordedMs as bigint[]),
            cast(@DueAt as timestamptz[]), cast(@News as integer[])) as judged (call_id, state, reason, type, recorded_ms, due_at, news)
        where call.call_id = judged.call_id
        """;

    private const string Postpone =
        """
        update catalog.calls call set completeness_due_at = later.due_at
        from unnest(cast(@CallIds as text[]), cast(@DueAt as timestamptz[])) as later (call_id, due_at)
        where call.call_id = later.call_id
        """;

    // A clock that was put back leaves calls due in a future that no look has asked for.
    private const string PutBack = "update catalog.calls set completeness_due_at = now() where completeness_due_at > now() + @longest";

    /// <summary>How many calls were looked at: as many as the limit where more may be due.</summary>
    public Task<int> ExecuteAsync(int limit, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var calls = (await connection.QueryAsync<JudgedCall>(new(Due, new { limit }, transaction, cancellationToken: cancellationToken))).AsList();
            if (calls.Count == 0)
            {
                return 0;
            }

            var recordings = (await connection.QueryAsync<JudgedRecording>(
                new(Recordings, new { ids = calls.Select(call => call.CallId).ToArray() }, transaction, cancellationToken: cancellationToken)))
                .ToLookup(recording => recording.CallId);
            var looks = calls.ConvertAll(call => new Look(call, Judge(call, [.. recordings[call.CallId]])));
            await WriteAsync(connection, looks, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            Tell(looks);
            return calls.Count;
        },
        cancellationToken);

    /// <summary>Makes calls due whose time the clock left out of reach.</summary>
    public Task PutBackAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.ExecuteAsync(new(PutBack, new { longest = LongestWait + TimeSpan.FromMinutes(16) }, cancellationToken: cancellationToken)),
        cancellationToken);

    private TimeSpan LongestWait => options.Value.Within > options.Value.NoEnd ? options.Value.Within : options.Value.NoEnd;

    // A call that cannot be judged must not keep the others of its batch, and with them all that come after, from being looked at.
    private Judgement Judge(JudgedCall call, IReadOnlyList<JudgedRecording> recordings)
    {
        try
        {
            return CompletenessRule.Judge(call, recordings, options.Value);
        }
        catch (Exception exception)
        {
            Log.NotJudged(logger, call.CallId, LongestWait, exception);
            return Judgement.Later(call.Now.Plus(LongestWait));
        }
    }

    private async Task WriteAsync(NpgsqlConnection connection, List<Look> looks, CancellationToken cancellationToken)
    {
        var judged = looks.FindAll(look => look.Judgement.State is not null);
        if (judged.Count > 0)
        {
            var parameters = new
            {
                CallIds = judged.ConvertAll(look => look.Call.CallId),
                States = judged.ConvertAll(look => look.Judgement.State),
                Reasons = judged.ConvertAll(look => look.Judgement.Reason),
                Types = judged.ConvertAll(look => look.Judgement.RecordingType),
                RecordedMs = judged.ConvertAll(look => look.Judgement.RecordedMs),
                DueAt = judged.ConvertAll(DueAt),
                News = judged.ConvertAll(look => look.IsNews ? 1 : 0),
            };
            await connection.ExecuteAsync(new(Write, parameters, cancellationToken: cancellationToken));
        }

        var later = looks.FindAll(look => look.Judgement.State is null);
        if (later.Count > 0)
        {
            var parameters = new { CallIds = later.ConvertAll(look => look.Call.CallId), DueAt = later.ConvertAll(DueAt) };
            await connection.ExecuteAsync(new(Postpone, parameters, cancellationToken: cancellationToken));
        }

        foreach (var (call, judgement) in looks.Where(look => look.IsNews))
        {
            var details = new JsonObject { ["reason"] = judgement.Reason, ["call_duration_ms"] = call.DurationMs };
            if (judgement.RecordingType is { } type)
            {
                details["recording_type"] = type;
                details["recorded_ms"] = judgement.RecordedMs;
            }

            await RecordingEventLog.AppendAsync(connection, EventName(judgement.State!), call.CallId, recordingId: null, actor: null, details, cancellationToken);
        }
    }

    // Never later than the longest wait: until then something may have been told that no change of a row shows, such as nothing at all.
    private DateTime? DueAt(Look look) => look.Judgement.LookAgainAt is { } at
        ? at < look.Call.Now.Plus(LongestWait) ? at : look.Call.Now.Plus(LongestWait)
        : null;

    private void Tell(List<Look> looks)
    {
        foreach (var (call, judgement) in looks.Where(look => look.IsNews))
        {
            metrics.Told(judgement.State!);
            if (CompletenessStates.IsAlarm(judgement.State!))
            {
                Log.Alarm(logger, call.CallId, judgement.State!, judgement.Reason!);
            }
            else
            {
                Log.Cleared(logger, call.CallId, call.Completeness);
            }
        }

        metrics.Looked(looks.Count);
    }

    private static string EventName(string state) => state switch
    {
        CompletenessStates.Missing => RecordingEventNames.Missing,
        CompletenessStates.Incomplete => RecordingEventNames.Incomplete,
        _ => RecordingEventNames.Complete,
    };

    private sealed record Look(JudgedCall Call, Judgement Judgement)
    {
        /// <summary>An alarm that was not raised before, or for another reason; or the end of one.</summary>
        public bool IsNews => Judgement.State is { } state
            && (CompletenessStates.IsAlarm(state)
                ? (state, Judgement.Reason) != (Call.Completeness, Call.CompletenessReason)
                : CompletenessStates.IsAlarm(Call.Completeness));
    }

    private static partial class Log
    {
        [LoggerMessage(5150, LogLevel.Warning, "The recording of call {CallId} is {State}: {Reason}")]
        public static partial void Alarm(ILogger logger, string callId, string state, string reason);

        [LoggerMessage(5151, LogLevel.Information, "The recording of call {CallId} was {Before} and is complete now")]
        public static partial void Cleared(ILogger logger, string callId, string before);

        [LoggerMessage(5155, LogLevel.Error, "Call {CallId} could not be judged for what is missing of its recordings; again in {Pause}")]
        public static partial void NotJudged(ILogger logger, string callId, TimeSpan pause, Exception exception);
    }
}
