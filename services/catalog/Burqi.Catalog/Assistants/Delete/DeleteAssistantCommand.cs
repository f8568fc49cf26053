using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings.Events;
using Dapper;

namespace Burqi.Catalog.Assistants.Delete;

/// <summary>Deletes an assistant, if what the client bound it to holds. The row stays, without content, for its version; so does how long its recordings are kept. Who asked for it is written down with it.</summary>
internal sealed class DeleteAssistantCommand(CatalogDatabase database)
{
    private const string Sql =
        """
        update catalog.assistants
        set deleted_at = now(), updated_at = now(), version = catalog.next_version(version), due = due + 1,
            media_url = null, twilio_credentials = null, delete_at_provider_after_days = null, recording_settings = '{}'
        where id = @Id and deleted_at is null and (cast(@Versions as bigint[]) is null or version = any (@Versions))
        """;

    /// <summary>Whether there was such an assistant.</summary>
    public Task<bool> ExecuteAsync(Caller caller, string id, AssistantPreconditions preconditions, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (await connection.ExecuteAsync(new CommandDefinition(Sql, new { Id = id, preconditions.Versions }, cancellationToken: cancellationToken)) == 0)
            {
                return false;
            }

            await RecordingEventLog.AppendAsync(
                connection, RecordingEventNames.AssistantDeleted, callId: null, recordingId: null, Asker.Of(caller), new JsonObject { ["assistant_id"] = id }, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return true;
        },
        cancellationToken);
}
