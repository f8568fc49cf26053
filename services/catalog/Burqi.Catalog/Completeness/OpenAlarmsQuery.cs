using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Completeness;

/// <summary>How many alarms stand, and how far behind the looks are; for the gauges.</summary>
internal sealed class OpenAlarmsQuery(CatalogDatabase database)
{
    private const string Sql =
        """
        select
            (select count(*) from catalog.calls where completeness = 'missing') as Missing,
            (select count(*) from catalog.calls where completeness = 'incomplete') as Incomplete,
            coalesce((select extract(epoch from now() - min(completeness_due_at)) from catalog.calls where completeness_due_at <= now()), 0) as BehindSeconds
        """;

    public Task<OpenAlarms> ExecuteAsync(CancellationToken cancellationToken) => database.ReadAsync(
        connection => connection.QuerySingleAsync<OpenAlarms>(new CommandDefinition(Sql, cancellationToken: cancellationToken)),
        cancellationToken);
}

/// <summary>What <see cref="OpenAlarmsQuery"/> counts.</summary>
internal sealed record OpenAlarms
{
    public required long Missing { get; init; }

    public required long Incomplete { get; init; }

    public required decimal BehindSeconds { get; init; }
}
