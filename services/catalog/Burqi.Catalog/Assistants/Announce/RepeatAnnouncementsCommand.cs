using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Assistants.Announce;

/// <summary>Makes every assistant due to be told again, deleted ones among them.</summary>
internal sealed class RepeatAnnouncementsCommand(CatalogDatabase database)
{
    // In the order of the key: two of these at once wait for each other instead of locking each other out.
    private const string Sql =
        """
        with all_of_them as materialized (select id from catalog.assistants order by id for update)
        update catalog.assistants set due = due + 1 from all_of_them where assistants.id = all_of_them.id
        """;

    /// <summary>How many there are.</summary>
    public Task<int> ExecuteAsync(CancellationToken cancellationToken) => database.WriteAsync(
        connection => connection.ExecuteAsync(new CommandDefinition(Sql, cancellationToken: cancellationToken)),
        cancellationToken);
}
