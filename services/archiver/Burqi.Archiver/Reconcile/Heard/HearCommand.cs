using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Reconcile.Heard;

/// <summary>Remembers what was heard of without a job coming of it, for when the provider's list shows it.</summary>
internal sealed class HearCommand(ArchiverDatabase database)
{
    private const string CallSql =
        """
        insert into archiver.heard_calls (provider, call_id, assistant_id, auto_save, create_database_records)
        values (@provider, @callId, @assistantId, @autoSave, @createDatabaseRecords)
        on conflict (provider, call_id) do update
            set assistant_id = coalesce(heard_calls.assistant_id, excluded.assistant_id),
                auto_save = coalesce(heard_calls.auto_save, excluded.auto_save),
                create_database_records = coalesce(heard_calls.create_database_records, excluded.create_database_records)
        """;

    private const string RecordingSql = "insert into archiver.heard_recordings (recording_id) values (@recordingId) on conflict do nothing";

    /// <summary>A call, and what its assistant wants; null is what was not said.</summary>
    public Task CallAsync(
        string provider, string callId, string? assistantId, bool? autoSave, bool? createDatabaseRecords, CancellationToken cancellationToken) =>
        ExecuteAsync(CallSql, new { provider, callId, assistantId, autoSave, createDatabaseRecords }, cancellationToken);

    /// <summary>A recording that will have no job.</summary>
    public Task RecordingAsync(Guid recordingId, CancellationToken cancellationToken) =>
        ExecuteAsync(RecordingSql, new { recordingId }, cancellationToken);

    private async Task ExecuteAsync(string sql, object values, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, values, cancellationToken: cancellationToken));
    }
}
