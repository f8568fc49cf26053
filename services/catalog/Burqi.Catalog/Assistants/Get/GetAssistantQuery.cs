using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Assistants.Get;

internal sealed class GetAssistantQuery(CatalogDatabase database)
{
    private const string Sql = $"select {Assistant.Columns} from catalog.assistants where id = @id and deleted_at is null";

    public Task<Assistant?> ExecuteAsync(string id, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.QuerySingleOrDefaultAsync<Assistant>(new CommandDefinition(Sql, new { id }, cancellationToken: cancellationToken)),
        cancellationToken);
}
