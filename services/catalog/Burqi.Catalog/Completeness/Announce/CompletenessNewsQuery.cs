using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Completeness.Announce;

/// <summary>The calls of which something is still to be told.</summary>
internal sealed class CompletenessNewsQuery(CatalogDatabase database)
{
    private const string Sql =
        """
        select
            call_id as CallId, provider as Provider, assistant_id as AssistantId, duration_ms as DurationMs, completeness as State,
            completeness_reason as Reason, completeness_type as RecordingType, completeness_recorded_ms as RecordedMs,
            completeness_since as Since, completeness_news as News,
            coalesce(
                ended_at,
                (
                    select max(coalesce(
                        recording.ended_at,
                        least(
                            recording.started_at + least(recording.duration_ms, 1e12) * interval '1 millisecond', '9999-12-31T23:59:59Z')))
                    from catalog.recordings recording where recording.call_id = call.call_id),
                completeness_since) as EndedAt
        from catalog.calls call
        where completeness_told < completeness_news
        order by call_id
        limit @limit
        """;

    public Task<List<CompletenessNews>> ExecuteAsync(int limit, CancellationToken cancellationToken) => database.ReadAsync(
        async connection => (await connection.QueryAsync<CompletenessNews>(new CommandDefinition(Sql, new { limit }, cancellationToken: cancellationToken))).AsList(),
        cancellationToken);
}
