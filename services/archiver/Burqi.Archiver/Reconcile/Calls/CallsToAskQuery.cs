using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Reconcile.Calls;

/// <summary>Calls of recordings that were found of late, and of which the provider has not said how they ended.</summary>
internal sealed class CallsToAskQuery(ArchiverDatabase database)
{
    // For so long a call that goes on, or whose provider does not answer, is asked for again by each run.
    private static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    private const string Sql =
        """
        select found.call_id as CallId, min(found.account_id) as AccountId
        from archiver.reconciliation_findings found
        where found.provider = @provider and found.found_at > now() - @Patience and found.call_id > @after
          and not exists (select 1 from archiver.reconciliation_calls call where call.provider = found.provider and call.call_id = found.call_id)
        group by found.call_id
        order by found.call_id
        limit @limit
        """;

    /// <summary>The next ones in the order of their ids, after the one given.</summary>
    public async Task<IReadOnlyList<CallToAsk>> ExecuteAsync(string provider, string after, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return (await connection.QueryAsync<CallToAsk>(new CommandDefinition(
            Sql, new { provider, after, limit, Patience }, cancellationToken: cancellationToken))).AsList();
    }
}

/// <summary>A call that the provider is to be asked for.</summary>
internal sealed record CallToAsk
{
    public required string CallId { get; init; }

    public required string AccountId { get; init; }
}
