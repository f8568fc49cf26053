using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Retention.Delete;

/// <summary>Whether a recording is going: a deletion that was given up leaves it as it is.</summary>
internal sealed class DeletionUnderWayQuery(CatalogDatabase database)
{
    private const string Sql = "select exists (select from catalog.recording_deletions where recording_id = @recordingId and failure is null)";

    public Task<bool> ExecuteAsync(Guid recordingId, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.ExecuteScalarAsync<bool>(new CommandDefinition(Sql, new { recordingId }, cancellationToken: cancellationToken)),
        cancellationToken);
}
