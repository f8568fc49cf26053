using Burqi.Access;
using Burqi.Catalog.Access;
using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Recordings.Get;

internal sealed class GetRecordingQuery(CatalogDatabase database)
{
    private const string Sql = $"select {Recording.Columns} from catalog.recordings where id = @id and {VisibleRows.Condition}";

    public Task<Recording?> ExecuteAsync(Guid id, Caller caller, CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.QuerySingleOrDefaultAsync<Recording>(new CommandDefinition(Sql, new { id, caller.AssistantIds }, cancellationToken: cancellationToken)),
        cancellationToken);
}
