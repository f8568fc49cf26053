using System.Diagnostics;
using Burqi.Catalog.Calls.Track;
using Burqi.Catalog.Database;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Burqi.Catalog.Recordings.Track;

/// <summary>Adds what a message tells to a recording's row.</summary>
internal sealed partial class UpsertRecordingCommand(TellTogetherCommand tellTogether, TellOfCallCommand tellOfCall, ILogger<UpsertRecordingCommand> logger)
{
    // Of one recording several messages may be told at once: what they tell is merged first, since a statement changes a row once.
    // The columns are derived anew from everything told and what follows from it, so none of them can disagree with it.
    private const string Sql =
        """
        insert into catalog.recordings as recording (
            id, call_id, provider, recording_source, recording_type, told,
            status, format, sample_rate, channels, duration_ms, file_size, sha256, file_path, s3_key, s3_url,
            recording_sid, assistant_id, started_at, ended_at, listed_at, recording_metadata)
        select
            news.id, news.call_id, news.provider, news.recording_source, news.recording_type, news.told,
            v.status, v.format, v.sample_rate, v.channels, v.duration_ms, v.file_size, v.sha256, v.file_path, v.s3_key, v.s3_url,
            v.recording_sid, v.assistant_id, v.started_at, v.ended_at, v.listed_at, v.recording_metadata
        from (
            select id, call_id, provider, recording_source, recording_type, catalog.merge_all_told(cast(told as jsonb)) as told
            from unnest(@Ids, @CallIds, @Providers, @Sources, @Types, @Told) as message (id, call_id, provider, recording_source, recording_type, told)
            group by id, call_id, provider, recording_source, recording_type) news,
            jsonb_populate_record(null::catalog.recordings, catalog.told_values(news.told)) v
        on conflict (id) do update set (
            told, updated_at,
            status, format, sample_rate, channels, duration_ms, file_size, sha256, file_path, s3_key, s3_url,
            recording_sid, assistant_id, started_at, ended_at, listed_at, recording_metadata) = (
            select
                merged.told, case when merged.told = recording.told then recording.updated_at else now() end,
                v.status, v.format, v.sample_rate, v.channels, v.duration_ms, v.file_size, v.sha256, v.file_path, v.s3_key, v.s3_url,
                v.recording_sid, v.assistant_id, v.started_at, v.ended_at, v.listed_at, v.recording_metadata
            from (select catalog.merge_told(recording.told, excluded.told) as told) merged,
                 jsonb_populate_record(null::catalog.recordings, catalog.recording_values(merged.told, recording.derived)) v)
        where (recording.call_id, recording.provider, recording.recording_source, recording.recording_type)
            = (excluded.call_id, excluded.provider, excluded.recording_source, excluded.recording_type)
        returning id, call_id, provider, recording_source, recording_type, status
        """;

    /// <summary>
    /// Tells of status <paramref name="status"/> and the facts that came with it. Of a recording whose assistant wants no rows every message
    /// says so, and each is passed over: no order of them makes a row. What <paramref name="also"/> writes is written with it or not at all.
    /// </summary>
    /// <exception cref="IdentityConflictException">The id is taken by a recording of another call, provider, source or type.</exception>
    public async Task ExecuteAsync(
        RecordingIdentity recording,
        string status,
        ToldFacts facts,
        bool? createDatabaseRecords,
        CancellationToken cancellationToken,
        Func<NpgsqlConnection, Task>? also = null)
    {
        if (createDatabaseRecords is false)
        {
            Log.NotWanted(logger, recording.Id, recording.CallId, status);
            return;
        }

        using var activity = CatalogTracing.Source.StartActivity("catalog.recording.upsert");
        activity?.SetTag("burqi.recording_id", recording.Id);
        activity?.SetTag("burqi.call_id", recording.CallId);
        activity?.SetTag("burqi.status", status);

        var now = also is null
            ? await tellTogether.ExecuteAsync(Message(recording, status, facts, cancellationToken))
            : await tellOfCall.ExecuteAsync(
                recording.CallId,
                async connection =>
                {
                    var reached = await TellAsync(connection, recording, status, facts, cancellationToken);
                    await (reached is null ? Task.CompletedTask : also(connection));
                    return reached;
                },
                cancellationToken);
        if (now is null)
        {
            activity?.SetStatus(ActivityStatusCode.Error);
            throw new IdentityConflictException($"Recording {recording.Id} is known as another call's, provider's, source's or type's.");
        }

        Log.Told(logger, recording.Id, recording.CallId, status, now);
    }

    /// <summary>The same in a transaction of the caller's, who holds the call's lock and works out what follows; the status that was reached, null where the id is taken.</summary>
    public static async Task<string?> TellAsync(
        NpgsqlConnection connection, RecordingIdentity recording, string status, ToldFacts facts, CancellationToken cancellationToken) =>
        (await TellAsync(connection, [Message(recording, status, facts, cancellationToken)], cancellationToken)).GetValueOrDefault(recording);

    /// <summary>The same for many messages, of many calls; the statuses that were reached, without those of ids that are taken.</summary>
    public static async Task<Dictionary<RecordingIdentity, string>> TellAsync(
        NpgsqlConnection connection, IReadOnlyCollection<ToldMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return [];
        }

        var recordings = messages.Select(message => message.Recording!).ToList();
        var parameters = new
        {
            Ids = recordings.Select(recording => recording.Id).ToArray(),
            CallIds = recordings.Select(recording => recording.CallId).ToArray(),
            Providers = recordings.Select(recording => recording.Provider).ToArray(),
            Sources = recordings.Select(recording => recording.RecordingSource).ToArray(),
            Types = recordings.Select(recording => recording.RecordingType).ToArray(),
            Told = messages.Select(message => message.Told).ToArray(),
        };
        return (await connection.QueryAsync<(Guid Id, string CallId, string Provider, string Source, string Type, string Status)>(
                new CommandDefinition(Sql, parameters, cancellationToken: cancellationToken)))
            .ToDictionary(row => new RecordingIdentity(row.Id, row.CallId, row.Provider, row.Source, row.Type), row => row.Status);
    }

    private static ToldMessage Message(RecordingIdentity recording, string status, ToldFacts facts, CancellationToken cancellationToken) =>
        new(recording.CallId, recording.Provider, recording, facts.Column("status", status).ToJson(), cancellationToken);
}
