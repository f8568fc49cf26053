using Burqi.Catalog.Database;
using Burqi.Contracts.Recordings;
using Dapper;

namespace Burqi.Catalog.Controls.Announce;

/// <summary>
/// The requests that nobody has been told of, in the order in which they were asked. While the provider has not answered what was asked of the
/// same call before, the next one waits: two replicas of ingress that do one each could do them in reverse. An answer that does not come holds
/// nothing up for longer than 15 s.
/// </summary>
internal sealed class DueControlsQuery(CatalogDatabase database)
{
    private const string Sql =
        $"""
        select {RecordingControl.Columns} from catalog.recording_controls control
        where not announced and not exists (
            select from catalog.recording_controls earlier
            where earlier.call_id = control.call_id and earlier.number < control.number and earlier.awaits_provider
                and earlier.requested_at > clock_timestamp() - interval '15 seconds'
                and not exists (
                    select from catalog.recording_control_answers answer where answer.control_id = earlier.id and answer.scope = @scope))
        order by number
        limit @limit
        """;

    public async Task<IReadOnlyList<RecordingControl>> ExecuteAsync(int limit, CancellationToken cancellationToken) => await database.ReadAsync(
        async connection => (await connection.QueryAsync<RecordingControl>(new CommandDefinition(
            Sql, new { limit, scope = RecordingScopes.Provider }, cancellationToken: cancellationToken))).AsList(),
        cancellationToken);
}
