using System.Text.Json.Nodes;
using Burqi.Catalog.Recordings.Events;
using Burqi.Contracts.Recordings;
using Dapper;
using Npgsql;

namespace Burqi.Catalog.Recordings.Upgrade;

/// <summary>
/// Writes what <see cref="MixUpgrade"/> decides of a call where it is not written yet, and each change into the call's events. In the
/// transaction of what was told, which alone changes the call meanwhile (<see cref="Calls.Track.TellOfCallCommand"/>).
/// </summary>
internal sealed class UpgradeMixCommand
{
    // Of most calls at most times there is nothing to decide: without an offer nothing follows, and nothing does that is not written already.
    private const string Known =
        $$"""
        select call_id as CallId, {{KnownRecording.Columns}}, coalesce((select status <> 'in-progress' from catalog.calls call where call.call_id = known.call_id), false) as HasEnded
        from catalog.recordings known
        where call_id = any (array(
            select call_id from catalog.recordings
            where call_id = any (@calls) and (recording_type = '{{RecordingTypes.Provider}}' and recording_source = '{{RecordingSources.Twilio}}' or derived <> '{}')))
        """;

    // As in UpsertRecordingCommand: every column is derived, none is written by itself.
    private const string Derive =
        """
        update catalog.recordings as recording
        set (derived, updated_at,
            status, format, sample_rate, channels, duration_ms, file_size, sha256, file_path, s3_key, s3_url,
            recording_sid, assistant_id, started_at, ended_at, listed_at, recording_metadata) = (
            select
                cast(@derived as jsonb), now(),
                v.status, v.format, v.sample_rate, v.channels, v.duration_ms, v.file_size, v.sha256, v.file_path, v.s3_key, v.s3_url,
                v.recording_sid, v.assistant_id, v.started_at, v.ended_at, v.listed_at, v.recording_metadata
            from jsonb_populate_record(null::catalog.recordings, catalog.recording_values(recording.told, cast(@derived as jsonb))) v)
        where id = @id
        """;

    private const string StandIn =
        """
        insert into catalog.recordings (
            id, call_id, provider, recording_source, recording_type, told, derived,
            status, format, sample_rate, channels, duration_ms, file_size, sha256, s3_key, s3_url,
            recording_sid, assistant_id, started_at, ended_at, listed_at, recording_metadata)
        select
            @id, @callId, @provider, @source, 'mixed', '{}', cast(@derived as jsonb),
            v.status, v.format, v.sample_rate, v.channels, v.duration_ms, v.file_size, v.sha256, v.s3_key, v.s3_url,
            v.recording_sid, v.assistant_id, v.started_at, v.ended_at, v.listed_at, v.recording_metadata
        from jsonb_populate_record(null::catalog.recordings, catalog.recording_values('{}', cast(@derived as jsonb))) v
        """;

    public async Task ExecuteAsync(NpgsqlConnection connection, IReadOnlyCollection<string> callIds, CancellationToken cancellationToken)
    {
        var known = await connection.QueryAsync<KnownRecording>(Command(Known, new { calls = callIds.ToArray() }, cancellationToken));
        foreach (var call in known.GroupBy(recording => recording.CallId, StringComparer.Ordinal))
        {
            await ExecuteAsync(connection, call.Key, [.. call], cancellationToken);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string callId, List<KnownRecording> recordings, CancellationToken cancellationToken)
    {
        var decision = MixUpgrade.Decide(callId, recordings, recordings[0].HasEnded);
        foreach (var recording in recordings.Where(recording => !recording.IsStandIn))
        {
            await DeriveAsync(connection, callId, recording, decision.Derived.GetValueOrDefault(recording.Id) ?? [], cancellationToken);
        }

        await StandInAsync(connection, callId, recordings, decision, cancellationToken);
    }

    private static async Task DeriveAsync(
        NpgsqlConnection connection, string callId, KnownRecording recording, JsonObject wanted, CancellationToken cancellationToken)
    {
        var known = JsonNode.Parse(recording.DerivedText)!.AsObject();
        if (JsonNode.DeepEquals(known, wanted))
        {
            return;
        }

        await connection.ExecuteAsync(Command(Derive, new { id = recording.Id, derived = wanted.ToJsonString() }, cancellationToken));
        if (Changed(known, wanted, "provider_recording_id"))
        {
            await AppendAsync(connection, RecordingEventNames.Upgraded, callId, recording.Id, Details(wanted), cancellationToken);
        }
        else if (Changed(known, wanted, "not_used_because"))
        {
            var details = new JsonObject
            {
                ["reason"] = wanted["recording_metadata"]!["not_used_because"]!.DeepClone(),
                ["recording_sid"] = recording.Sid,
            };
            await AppendAsync(connection, RecordingEventNames.UpgradeRefused, callId, recording.Id, details, cancellationToken);
        }
    }

    private static async Task StandInAsync(
        NpgsqlConnection connection, string callId, List<KnownRecording> recordings, MixDecision decision, CancellationToken cancellationToken)
    {
        var wanted = decision.StandIn;
        foreach (var old in recordings.Where(recording => recording.IsStandIn && recording.Id != wanted?.Id))
        {
            var details = new JsonObject { ["replaced_by"] = (wanted?.Id ?? Mix()?.Id)?.ToString() };
            await connection.ExecuteAsync(Command("delete from catalog.recordings where id = @id", new { id = old.Id }, cancellationToken));
            await AppendAsync(connection, RecordingEventNames.StandInReplaced, callId, old.Id, details, cancellationToken);
        }

        if (wanted is null)
        {
            return;
        }

        if (recordings.Find(recording => recording.Id == wanted.Id) is { } known)
        {
            await DeriveAsync(connection, callId, known, wanted.Values, cancellationToken);
            return;
        }

        var parameters = new { id = wanted.Id, callId, provider = wanted.Offer.Provider, source = wanted.Offer.Source, derived = wanted.Values.ToJsonString() };
        await connection.ExecuteAsync(Command(StandIn, parameters, cancellationToken));
        await AppendAsync(connection, RecordingEventNames.Upgraded, callId, wanted.Id, Details(wanted.Values), cancellationToken);

        KnownRecording? Mix() => recordings.Find(recording => recording is { Type: RecordingTypes.Mixed, IsStandIn: false });
    }

    private static JsonObject Details(JsonObject derived) => new()
    {
        ["provider_recording_id"] = derived["recording_metadata"]!["provider_recording_id"]!.DeepClone(),
        ["recording_sid"] = derived["recording_sid"]?.DeepClone(),
        ["original_source"] = derived["recording_metadata"]!["original_source"]?.DeepClone(),
    };

    private static bool Changed(JsonObject known, JsonObject wanted, string key) =>
        wanted["recording_metadata"]?[key] is { } value && !JsonNode.DeepEquals(known["recording_metadata"]?[key], value);

    private static Task AppendAsync(
        NpgsqlConnection connection, string name, string callId, Guid recordingId, JsonObject details, CancellationToken cancellationToken) =>
        RecordingEventLog.AppendAsync(connection, name, callId, recordingId, actor: null, details, cancellationToken);

    private static CommandDefinition Command(string sql, object parameters, CancellationToken cancellationToken) =>
        new(sql, parameters, cancellationToken: cancellationToken);
}
