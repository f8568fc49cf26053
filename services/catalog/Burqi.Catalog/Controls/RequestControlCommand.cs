using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Access;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Calls.Track;
using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings.Events;
using Burqi.Contracts;
using Burqi.Contracts.Calls;
using Burqi.Contracts.Recordings;
using Dapper;
using Npgsql;

namespace Burqi.Catalog.Controls;

/// <summary>Why nothing was asked.</summary>
internal enum ControlRefusal
{
    None = 0,
    NoSuchCall,
    CallEnded,
    NotPaused,
    Stopped,
    NotRecorded,
}

/// <summary>
/// Writes down what is asked of a call's recordings, unless it makes no sense. What was asked last, and has failed nowhere, is not asked again:
/// a client that repeats its request gets the same one. What was done nowhere has changed nothing, and does not count for what makes sense.
/// The call's lock orders those who ask at once.
/// </summary>
internal sealed class RequestControlCommand(CatalogDatabase database)
{
    private const string StatusSql = $"select status from catalog.calls where call_id = @callId and {VisibleRows.Condition}";

    // The latest that counts, which was done somewhere or may still be; and what was answered to the very last.
    private const string LatestSql =
        $"""
        select {RecordingControl.Columns} from catalog.recording_controls control
        where call_id = @callId and (select bool_or(applied) from catalog.recording_control_answers where control_id = control.id) is not false
        order by number desc limit 1;
        select applied from catalog.recording_control_answers
        where control_id = (select id from catalog.recording_controls where call_id = @callId order by number desc limit 1);
        """;

    // A provider of which we know no REST call is not waited for; neither are we, while nothing of ours is being recorded. Of an assistant's
    // recordings that are not listed here, nothing is known: where they would be all there is, a media node is asked.
    private const string InsertSql =
        $"""
        insert into catalog.recording_controls (id, call_id, provider, account_id, assistant_id, action, awaits_provider, awaits_local)
        select
            @id, call_id, provider, account_id, assistant_id, @action, awaits.provider_answer, awaits.local_answer
        from catalog.calls
        cross join lateral (
            select
                provider = @twilio as provider_answer,
                exists (
                    select from catalog.recordings
                    where recordings.call_id = calls.call_id and recording_source = @local and status = @recording)
                or provider <> @twilio and exists (
                    select from catalog.assistants
                    where id = calls.assistant_id and recording_settings ->> 'create_database_records' = 'false') as local_answer) awaits
        where call_id = @callId and (awaits.provider_answer or awaits.local_answer)
        returning {RecordingControl.Columns}
        """;

    /// <summary>The request, new or repeated; or why there is none.</summary>
    public Task<(RecordingControl? Control, ControlRefusal Refusal)> ExecuteAsync(string callId, Caller caller, string action, CancellationToken cancellationToken) =>
        database.ReadAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                var found = await FindAsync(connection, callId, caller, action, cancellationToken);
                if (found is { Control: null, Refusal: ControlRefusal.None })
                {
                    found.Control = await InsertAsync(connection, callId, caller, action, cancellationToken);
                    found.Refusal = found.Control is null ? ControlRefusal.NotRecorded : ControlRefusal.None;
                }

                await transaction.CommitAsync(cancellationToken);
                return found;
            },
            cancellationToken);

    private static async Task<(RecordingControl? Control, ControlRefusal Refusal)> FindAsync(
        NpgsqlConnection connection, string callId, Caller caller, string action, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(new CommandDefinition(TellOfCallCommand.Lock, new { callId }, cancellationToken: cancellationToken));
        var status = await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(StatusSql, new { callId, caller.AssistantIds }, cancellationToken: cancellationToken));
        if (status is null)
        {
            return (null, ControlRefusal.NoSuchCall);
        }

        if (status != CallStatuses.InProgress)
        {
            return (null, ControlRefusal.CallEnded);
        }

        await using var results = await connection.QueryMultipleAsync(new CommandDefinition(LatestSql, new { callId }, cancellationToken: cancellationToken));
        var latest = await results.ReadSingleOrDefaultAsync<RecordingControl>();
        var hasFailed = (await results.ReadAsync<bool>()).Contains(false);
        return latest?.Action switch
        {
            RecordingControls.Stop when action != RecordingControls.Stop => (null, ControlRefusal.Stopped),
            null when action == RecordingControls.Resume => (null, ControlRefusal.NotPaused),
            { } known when known == action && !hasFailed => (latest, ControlRefusal.None),
            _ => (null, ControlRefusal.None),
        };
    }

    /// <summary>The new row; null where nobody records the call who could be asked.</summary>
    private static async Task<RecordingControl?> InsertAsync(
        NpgsqlConnection connection, string callId, Caller caller, string action, CancellationToken cancellationToken)
    {
        var parameters = new
        {
            id = Guid.CreateVersion7(),
            callId,
            action,
            twilio = Providers.Twilio,
            local = RecordingSources.Local,
            recording = RecordingStatuses.Recording,
        };
        var control = await connection.QuerySingleOrDefaultAsync<RecordingControl>(new CommandDefinition(InsertSql, parameters, cancellationToken: cancellationToken));
        if (control is null)
        {
            return null;
        }

        await RecordingEventLog.AppendAsync(
            connection,
            RecordingEventNames.ControlRequested,
            callId,
            recordingId: null,
            Asker.Of(caller),
            new JsonObject { ["control_id"] = control.Id.ToString(), ["action"] = action },
            cancellationToken);
        return control;
    }
}
