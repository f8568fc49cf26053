using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Completeness.Announce;

/// <summary>Writes down what the broker confirmed. What was found while it was told stays to be told.</summary>
internal sealed class ConfirmCompletenessNewsCommand(CatalogDatabase database)
{
    private const string Sql =
        """
        update catalog.calls call
        set completeness_told = greatest(completeness_told, told.news)
        from unnest(cast(@Ids as text[]), cast(@News as bigint[])) as told (id, news)
        where call.call_id = told.id
        """;

    public Task ExecuteAsync(IReadOnlyList<CompletenessNews> told, CancellationToken cancellationToken)
    {
        var parameters = new { Ids = told.Select(news => news.CallId).ToArray(), News = told.Select(news => news.News).ToArray() };
        return database.ReadAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(Sql, parameters, cancellationToken: cancellationToken)),
            cancellationToken);
    }
}
