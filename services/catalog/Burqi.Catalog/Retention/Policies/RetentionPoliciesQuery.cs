using System.Text.Json;
using Burqi.Catalog.Database;
using Dapper;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Retention.Policies;

/// <summary>The policies as they stand now. Those of deleted assistants hold on: their recordings were made under them.</summary>
internal sealed class RetentionPoliciesQuery(CatalogDatabase database, IOptions<RetentionOptions> options)
{
    private const string Sql = "select id as Id, retention as Retention from catalog.assistants where retention is not null";

    public Task<RetentionPolicies> ExecuteAsync(CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            var rows = await connection.QueryAsync<(string Id, string Retention)>(new CommandDefinition(Sql, cancellationToken: cancellationToken));
            return new RetentionPolicies(
                options.Value.Default,
                rows.ToDictionary(
                    row => row.Id,
                    row => (IReadOnlyDictionary<string, RetentionPeriods>)JsonSerializer.Deserialize(row.Retention, CatalogJsonContext.Default.DictionaryStringRetentionPeriods)!,
                    StringComparer.Ordinal));
        },
        cancellationToken);
}
