using System.Diagnostics;
using Burqi.Catalog.Calls.Track;
using Burqi.Catalog.Database;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Burqi.Catalog.Recordings.Track;

/// <summary>Adds what a message tells to a recording's row.</summary>
internal sealed partial class UpsertRecordingCommand(TellOfCallCommand tellOfCall, ILogger<UpsertRecordingCommand> logger)
{
    // The columns are derived anew from everything told and what follows from it, so none of them can disagree with it.
    private const string Sql =
        """
        insert into catalog.recordings as recording (
            id, call_id, provider, recording_source, recording_type, told,
            status, format, sample_rate, channels, duration_ms, file_size, sha256, file_path, s3_key, s3_url,
            recording_sid, assistant_id, started_at, ended_at, listed_at, recording_metadata)
        select
            @Id, @CallId, @Provider, @RecordingSource, @RecordingType, cast(@Told as jsonb),
            v.status, v.format, v.sample_rate, v.channels, v.duration_ms, v.file_size, v.sha256, v.file_path, v.s3_key, v.s3_url,
            v.recording_sid, v.assistant_id, v.started_at, v.ended_at, v.listed_at, v.recording_metadata
        from jsonb_populate_record(null::catalog.recordings, catalog.told_values(cast(@Told as jsonb))) v
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
        returning status
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

        var now = await tellOfCall.ExecuteAsync(
            recording.CallId,
            async connection =>
            {
                var reached = await TellAsync(connection, recording, status, facts, cancellationToken);
                await (reached is null || also is null ? Task.CompletedTask : also(connection));
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
    public static Task<string?> TellAsync(
        NpgsqlConnection connection, RecordingIdentity recording, string status, ToldFacts facts, CancellationToken cancellationToken)
    {
        var told = facts.Column("status", status).ToJson();
        var parameters = new { recording.Id, recording.CallId, recording.Provider, recording.RecordingSource, recording.RecordingType, Told = told };
        return connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(Sql, parameters, cancellationToken: cancellationToken));
    }
}
