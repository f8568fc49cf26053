using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Recordings.Get;

internal sealed class GetRecordingQuery(CatalogDatabase database)
{
    private const string Sql = $"select {Recording.Columns} from catalog.recordings where id = @id";

    public Task<Recording?> ExecuteAsync(Guid id, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.QuerySingleOrDefaultAsync<Recording>(new CommandDefinition(Sql, new { id }, cancellationToken: cancellationToken)),
        cancellationToken);
}
