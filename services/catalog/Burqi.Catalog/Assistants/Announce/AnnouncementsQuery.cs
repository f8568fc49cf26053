using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Assistants.Announce;

/// <summary>The assistants of which something is still to be told.</summary>
internal sealed class AnnouncementsQuery(CatalogDatabase database)
{
    private const string Sql = $"select {AssistantNews.Columns} from catalog.assistants where announced < due order by id limit @limit";

    public async Task<IReadOnlyList<AssistantNews>> ExecuteAsync(int limit, CancellationToken cancellationToken) => await database.ReadAsync(
        async connection => (await connection.QueryAsync<AssistantNews>(new CommandDefinition(Sql, new { limit }, cancellationToken: cancellationToken))).AsList(),
        cancellationToken);
}
