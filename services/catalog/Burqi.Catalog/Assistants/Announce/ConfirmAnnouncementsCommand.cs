using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Assistants.Announce;

/// <summary>Writes down what the broker confirmed. What became due while it was told stays due.</summary>
internal sealed class ConfirmAnnouncementsCommand(CatalogDatabase database)
{
    private const string Sql =
        """
        update catalog.assistants
        set announced = greatest(announced, told.due)
        from unnest(cast(@Ids as text[]), cast(@Dues as bigint[])) as told (id, due)
        where assistants.id = told.id
        """;

    public Task ExecuteAsync(IReadOnlyList<AssistantNews> told, CancellationToken cancellationToken)
    {
        var parameters = new { Ids = told.Select(news => news.Id).ToArray(), Dues = told.Select(news => news.Due).ToArray() };
        return database.ReadAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(Sql, parameters, cancellationToken: cancellationToken)),
            cancellationToken);
    }
}
