using System.Globalization;
using System.Text;
using Npgsql;

namespace Burqi.Load.Catalog;

/// <summary>
/// Rows by the million: those that the real consumers wrote of one call of each kind, with other numbers, ids and times in their places. The columns
/// are worked out of what was told by the function that the consumers use.
/// </summary>
internal static class CatalogRows
{
    // More than there are consumers' batches to see, fewer than a statement takes minutes for.
    private const int CallsPerStatement = 20_000;

    private const string RecordingColumns =
        "status, format, sample_rate, channels, duration_ms, file_size, sha256, file_path, s3_key, s3_url, recording_sid, assistant_id, started_at, ended_at, listed_at, recording_metadata";

    private const string CallColumns = "status, account_id, parent_call_id, direction, from_address, to_address, assistant_id, duration_ms, started_at, ended_at, listed_at";

    /// <summary>Makes calls <see cref="ToldCalls.KindsEvery"/> and following; those before are the patterns and were told of to the consumers.</summary>
    public static async Task GenerateAsync(NpgsqlDataSource database, int calls, Action<string> say)
    {
        await using var connection = await database.OpenConnectionAsync();

        // What triggers and constraints would do row by row is done at the end; indexes are made over what is there.
        await ExecuteAsync(connection, "set session_replication_role = replica; set maintenance_work_mem = '256MB'; set work_mem = '64MB'; set synchronous_commit = off");
        await ExecuteAsync(
            connection,
            """
            create temporary table dropped as
            select indexdef, format('drop index %I.%I', schemaname, indexname) as drop
            from pg_indexes
            where schemaname = 'catalog' and tablename in ('calls', 'recordings', 'recording_usage', 'recording_retention')
                and indexname not in (select conname from pg_constraint);
            do $$ declare d record; begin for d in select * from dropped loop execute d.drop; end loop; end $$;
            create temporary table patterns as
            select call_id, -1 as track, id, provider, recording_source, recording_type, told::text as told, derived::text as derived from catalog.recordings
            union all select call_id, -2, null, provider, null, null, told::text, '{}' from catalog.calls;
            """);
        for (var kind = 0; kind <= 4; kind++)
        {
            for (var track = 0; track < ToldCalls.Recordings(kind); track++)
            {
                await ExecuteAsync(connection, $"update patterns set track = {track} where id = '{ToldCalls.Id(kind, track)}'");
            }
        }

        for (var first = ToldCalls.KindsEvery; first < calls; first += CallsPerStatement)
        {
            var last = Math.Min(first + CallsPerStatement, calls) - 1;
            for (var kind = 0; kind <= 4; kind++)
            {
                await ExecuteAsync(connection, Calls(kind, first, last));
                await ExecuteAsync(connection, Recordings(kind, first, last));
            }

            say(string.Create(CultureInfo.InvariantCulture, $"{last + 1} of {calls} calls"));
        }

        await ExecuteAsync(
            connection,
            """
            insert into catalog.recording_usage
            select
                recording_id, recorded_at, call_id, stream_id, assistant_id, recording_source, recording_type, duration_ms, object, object_bytes, provider_deleted_at,
                case when recording_source <> 'local' or 1 = row_number() over (
                    partition by call_id, recording_source, stream_id order by duration_ms desc nulls last, recording_id) then duration_ms end,
                case when 1 = row_number() over (partition by call_id, object order by recorded_at, recording_id) then object_bytes end
            from (select (catalog.usage_of(recording)).* from catalog.recordings recording) known
            on conflict do nothing;
            insert into catalog.recording_retention select (catalog.retention_of(recording)).* from catalog.recordings recording on conflict do nothing;
            update catalog.recording_retention known set shown_by = mix.id, tier_kind = 'mixed'
            from catalog.recordings mix
            where mix.derived <> '{}' and known.recording_id = cast(mix.derived -> 'recording_metadata' ->> 'provider_recording_id' as uuid);
            insert into catalog.recording_numbers (number, at, recording_id)
            select side.number, recording.listed_at, recording.id
            from catalog.recordings recording
            join catalog.calls call using (call_id)
            cross join lateral (values (call.from_address), (call.to_address)) side (number)
            where side.number is not null
            on conflict do nothing;
            insert into catalog.recording_events (at, call_id, recording_id, event, details)
            select recording.listed_at + interval '80 seconds', recording.call_id, recording.id, 'upgraded',
                jsonb_build_object('provider_recording_id', recording.derived -> 'recording_metadata' -> 'provider_recording_id', 'recording_sid', recording.recording_sid, 'original_source', 'local')
            from catalog.recordings recording where recording.derived <> '{}';
            do $$ declare d record; begin for d in select * from dropped loop execute d.indexdef; end loop; end $$;
            """);
        say("indexes are made");
        await ExecuteAsync(connection, "vacuum analyze");
        await ExecuteAsync(connection, "checkpoint");
        await ExecuteAsync(connection, "set session_replication_role = default");
    }

    private static string Calls(int kind, int first, int last) =>
        $"""
        insert into catalog.calls (call_id, provider, told, {CallColumns}, completeness, completeness_checked_at)
        select made.call_id, made.provider, made.told, {Prefixed(CallColumns)},
            case when made.n % 1000 = 11 then 'missing' when made.n % 200 = 12 then 'incomplete' else 'complete' end, now()
        from ({Made(kind, first, last, "track = -2")}) made, jsonb_populate_record(null::catalog.calls, catalog.told_values(made.told)) v
        """;

    private static string Recordings(int kind, int first, int last) =>
        $"""
        insert into catalog.recordings (id, call_id, provider, recording_source, recording_type, told, derived, {RecordingColumns})
        select made.id, made.call_id, made.provider, made.recording_source, made.recording_type, made.told, made.derived, {Prefixed(RecordingColumns)}
        from ({Made(kind, first, last, "track >= 0")}) made,
            jsonb_populate_record(null::catalog.recordings, catalog.recording_values(made.told, made.derived)) v
        """;

    private static string Made(int kind, int first, int last, string which) =>
        $"""
        select
            n, 'CA' || hex as call_id, provider, recording_source, recording_type, {Id("track")} as id,
            cast({Replaced(kind, "told")} as jsonb) as told, cast({Replaced(kind, "derived")} as jsonb) as derived
        from (
            select
                n, lpad(to_hex(n), 32, '0') as hex, {Start} as start,
                case when n % 1000 = 7 then 7200000 else 5000 + n::bigint * 7919 % 600000 end as ms
            from generate_series({first}, {last}) n
            where least(n % {ToldCalls.KindsEvery}, 4) = {kind}
            offset 0) call
        cross join patterns
        where patterns.call_id = '{ToldCalls.CallId(kind)}' and {which}
        """;

    private static string Start => $"timestamptz '{ToldCalls.Epoch:O}' + n * interval '{ToldCalls.Spacing} seconds'";

    private static string Id(string track) => $"cast(encode(substr(sha256(convert_to(n || '/' || {track}, 'UTF8')), 1, 16), 'hex') as uuid)";

    private static string Prefixed(string columns) => string.Join(", ", columns.Split(", ").Select(column => $"v.{column}"));

    private static string Replaced(int kind, string text)
    {
        var replaced = new StringBuilder(text);
        Replace($"{kind:x32}", "hex");
        for (var track = 0; track < ToldCalls.Recordings(kind); track++)
        {
            Replace(ToldCalls.Id(kind, track).ToString(), $"cast({Id(track.ToString(CultureInfo.InvariantCulture))} as text)");
        }

        Replace($"\"{ToldCalls.Assistant(kind)}\"", $"'\"assistant-' || n % {ToldCalls.Assistants} || '\"'");
        Replace(ToldCalls.From(kind), $"'+1500' || lpad((n % {ToldCalls.Callers})::text, 7, '0')");
        Replace(ToldCalls.To(kind), $"'+1600' || lpad((n % {ToldCalls.Called})::text, 7, '0')");
        foreach (var moment in ToldCalls.Moments)
        {
            Time(ToldCalls.Start(kind).AddSeconds(moment), $"start + interval '{moment} seconds'");
        }

        Time(ToldCalls.Start(kind).AddMilliseconds(ToldCalls.AudioMs(kind)), "start + ms * interval '1 millisecond'");
        Replace($" {ToldCalls.AudioMs(kind)}", "' ' || ms");
        return replaced.ToString();

        void Replace(string old, string by) => replaced.Insert(0, "replace(").Append(CultureInfo.InvariantCulture, $", '{old}', {by})");

        void Time(DateTimeOffset time, string by)
        {
            Replace(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture), $"to_char(({by}) at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')");
            Replace(((time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture), $"cast(cast(extract(epoch from {by}) * 1000000 as bigint) as text)");
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
