using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Retention.Plan;

/// <summary>What became of the deletions that were asked for.</summary>
internal sealed class DeletionsQuery(CatalogDatabase database)
{
    private const string Sql =
        """
        select
            (select count(*) from catalog.recording_deletions where answered_at is null) as Requested,
            (select count(*) from catalog.recording_deletions where failure is not null) as Failed
        """;

    public Task<DeletionCounts> ExecuteAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.QuerySingleAsync<DeletionCounts>(new CommandDefinition(Sql, cancellationToken: cancellationToken)),
        cancellationToken);
}

/// <summary>What <see cref="DeletionsQuery"/> counts.</summary>
internal sealed record DeletionCounts(long Requested, long Failed);
