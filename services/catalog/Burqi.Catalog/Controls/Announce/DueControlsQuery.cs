using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Controls.Announce;

/// <summary>The requests that nobody has been told of, in the order in which they were asked.</summary>
internal sealed class DueControlsQuery(CatalogDatabase database)
{
    private const string Sql = $"select {RecordingControl.Columns} from catalog.recording_controls where not announced order by number limit @limit";

    public async Task<IReadOnlyList<RecordingControl>> ExecuteAsync(int limit, CancellationToken cancellationToken) => await database.ReadAsync(
        async connection => (await connection.QueryAsync<RecordingControl>(new CommandDefinition(Sql, new { limit }, cancellationToken: cancellationToken))).AsList(),
        cancellationToken);
}
