using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Retention.Delete;

/// <summary>Which recordings are going: a deletion that was given up leaves one as it is.</summary>
internal sealed class DeletionUnderWayQuery(CatalogDatabase database)
{
    private const string Sql = "select recording_id from catalog.recording_deletions where recording_id = any (@recordingIds) and failure is null";

    /// <summary>Those of the given that are.</summary>
    public async Task<IReadOnlySet<Guid>> ExecuteAsync(Guid[] recordingIds, CancellationToken cancellationToken) => (await database.ReadAsync(
        connection => connection.QueryAsync<Guid>(new CommandDefinition(Sql, new { recordingIds }, cancellationToken: cancellationToken)),
        cancellationToken)).ToHashSet();
}
