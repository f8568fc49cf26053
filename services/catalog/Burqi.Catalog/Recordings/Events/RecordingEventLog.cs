using System.Text.Json.Nodes;
using Burqi.Catalog.Audit;
using Dapper;
using Npgsql;

namespace Burqi.Catalog.Recordings.Events;

/// <summary>
/// Appends to <c>catalog.recording_events</c>. On the caller's connection, and so in the transaction that it has begun there: an event is
/// written with the change it tells of or not at all. A message that comes twice must not tell its event twice; whoever appends decides that
/// by what its own change found.
/// </summary>
internal static class RecordingEventLog
{
    private const string Sql =
        """
        insert into catalog.recording_events (call_id, recording_id, event, actor, details, api_key_id, api_key_name, address, trace_id)
        values (@callId, @recordingId, @name, @actor, cast(@details as jsonb), @keyId, @keyName, @address, @traceId)
        """;

    private const string IsTold =
        "select exists (select from catalog.recording_events where call_id = @callId and recording_id = @recordingId and event = @name)";

    /// <summary>Appends one event.</summary>
    /// <param name="connection">Open, with the transaction of the change.</param>
    /// <param name="name">One of <see cref="RecordingEventNames"/>.</param>
    /// <param name="callId">The provider's id of the call.</param>
    /// <param name="recordingId">The recording it is about; null where it is about the call.</param>
    /// <param name="actor">Who asked for it; null where nobody did. Never a key or a phone number.</param>
    /// <param name="details">What else is to be known, in snake_case.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task AppendAsync(
        NpgsqlConnection connection,
        string name,
        string callId,
        Guid? recordingId,
        string? actor,
        JsonObject details,
        CancellationToken cancellationToken) =>
        WriteAsync(connection, name, callId, recordingId, actor, asker: null, details, cancellationToken);

    /// <summary>Appends an event that somebody's request brought about.</summary>
    /// <param name="connection">Open, with the transaction of the change.</param>
    /// <param name="name">One of <see cref="RecordingEventNames"/>.</param>
    /// <param name="callId">The provider's id of the call; null where it is about no one call.</param>
    /// <param name="recordingId">The recording it is about; null where it is about the call.</param>
    /// <param name="asker">Whose request it was; null where it was nobody's.</param>
    /// <param name="details">What else is to be known, in snake_case.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task AppendAsync(
        NpgsqlConnection connection,
        string name,
        string? callId,
        Guid? recordingId,
        Asker? asker,
        JsonObject details,
        CancellationToken cancellationToken) => WriteAsync(connection, name, callId, recordingId, asker?.Name, asker, details, cancellationToken);

    /// <summary>Appends an event that a recording has once at most. To be called under the lock of the call, since it looks first.</summary>
    /// <param name="connection">Open, with the transaction of the change.</param>
    /// <param name="name">One of <see cref="RecordingEventNames"/>.</param>
    /// <param name="callId">The provider's id of the call.</param>
    /// <param name="recordingId">The recording it is about.</param>
    /// <param name="actor">Who asked for it; null where nobody did. Never a key or a phone number.</param>
    /// <param name="details">What else is to be known, in snake_case.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task AppendOnceAsync(
        NpgsqlConnection connection,
        string name,
        string callId,
        Guid recordingId,
        string? actor,
        JsonObject details,
        CancellationToken cancellationToken)
    {
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(IsTold, new { callId, recordingId, name }, cancellationToken: cancellationToken)))
        {
            await AppendAsync(connection, name, callId, recordingId, actor, details, cancellationToken);
        }
    }

    private static Task<int> WriteAsync(
        NpgsqlConnection connection,
        string name,
        string? callId,
        Guid? recordingId,
        string? actor,
        Asker? asker,
        JsonObject details,
        CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            Sql,
            new
            {
                callId,
                recordingId,
                name,
                actor,
                details = details.ToJsonString(),
                keyId = asker?.KeyId,
                keyName = asker?.Name,
                address = asker?.Address,
                traceId = asker?.TraceId,
            },
            cancellationToken: cancellationToken));
}
