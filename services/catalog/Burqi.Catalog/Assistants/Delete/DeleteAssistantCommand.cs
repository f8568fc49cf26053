using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Assistants.Delete;

/// <summary>Deletes an assistant, if what the client bound it to holds. The row stays, without content, for its version; so does how long its recordings are kept.</summary>
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
    public Task<bool> ExecuteAsync(string id, AssistantPreconditions preconditions, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
            await connection.ExecuteAsync(new CommandDefinition(Sql, new { Id = id, preconditions.Versions }, cancellationToken: cancellationToken)) == 1,
        cancellationToken);
}
