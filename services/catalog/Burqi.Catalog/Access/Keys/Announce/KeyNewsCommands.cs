using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Access.Keys.Announce;

/// <summary>Which keys are to be told of, and which have been.</summary>
internal sealed class KeyNewsCommands(CatalogDatabase database)
{
    private const string Due = $"select {KeyNews.Columns} from catalog.api_keys where announced < due order by id limit @limit";

    // What became due while it was told stays due.
    private const string Confirm =
        """
        update catalog.api_keys
        set announced = greatest(announced, told.due)
        from unnest(cast(@Ids as uuid[]), cast(@Dues as bigint[])) as told (id, due)
        where api_keys.id = told.id
        """;

    // In the order of the key: two of these at once wait for each other instead of locking each other out.
    private const string Repeat =
        """
        with all_of_them as materialized (select id from catalog.api_keys order by id for update)
        update catalog.api_keys set due = due + 1 from all_of_them where api_keys.id = all_of_them.id
        """;

    public async Task<IReadOnlyList<KeyNews>> DueAsync(int limit, CancellationToken cancellationToken) => await database.ReadAsync(
        async connection => (await connection.QueryAsync<KeyNews>(new CommandDefinition(Due, new { limit }, cancellationToken: cancellationToken))).AsList(),
        cancellationToken);

    /// <summary>Writes down what the broker confirmed.</summary>
    public Task ConfirmAsync(IReadOnlyList<KeyNews> told, CancellationToken cancellationToken)
    {
        var parameters = new { Ids = told.Select(news => news.Id).ToArray(), Dues = told.Select(news => news.Due).ToArray() };
        return database.ReadAsync(
            connection => connection.ExecuteAsync(new CommandDefinition(Confirm, parameters, cancellationToken: cancellationToken)),
            cancellationToken);
    }

    /// <summary>Makes every key due to be told again, revoked ones among them; how many there are.</summary>
    public Task<int> RepeatAsync(CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.ExecuteAsync(new CommandDefinition(Repeat, cancellationToken: cancellationToken)),
        cancellationToken);
}
