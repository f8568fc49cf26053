using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Controls;

/// <summary>What has come of a request so far, whichever replica heard of it.</summary>
internal sealed class ControlAnswersQuery(CatalogDatabase database)
{
    private const string Sql = $"select {ControlAnswer.Columns} from catalog.recording_control_answers where control_id = @controlId order by scope desc, answerer";

    public Task<IReadOnlyList<ControlAnswer>> ExecuteAsync(Guid controlId, CancellationToken cancellationToken) => database.ReadAsync(
        async connection => (IReadOnlyList<ControlAnswer>)
            [.. await connection.QueryAsync<ControlAnswer>(new CommandDefinition(Sql, new { controlId }, cancellationToken: cancellationToken))],
        cancellationToken);
}
