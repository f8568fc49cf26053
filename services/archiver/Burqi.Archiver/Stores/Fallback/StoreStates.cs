using Burqi.Archiver.Database;
using Dapper;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.Fallback;

/// <summary>What all replicas found of the stores.</summary>
internal sealed class StoreStates(ArchiverDatabase database, IOptions<ArchiverOptions> archiver, IOptions<FallbackOptions> options)
{
    private const string QuerySql =
        """
        select store as Store, now() - refusing_since as RefusedFor, now() - last_refused_at as LastRefused, reason as Reason
        from archiver.store_states
        where refusing_since is not null and last_refused_at > now() - @Memory
        """;

    // A refusal so long after the one before says nothing about the time between them: nobody asked.
    private const string RefusedSql =
        """
        insert into archiver.store_states as state (store, refusing_since, last_refused_at, reason) values (@Store, now(), now(), @Reason)
        on conflict (store) do update
            set refusing_since = case when state.refusing_since is null or state.last_refused_at <= now() - @Memory then now() else state.refusing_since end,
                last_refused_at = now(),
                reason = excluded.reason
        """;

    private const string TookSql =
        "update archiver.store_states set refusing_since = null, last_refused_at = null, reason = null where store = @Store and refusing_since is not null";

    /// <summary>For how long a refusal is remembered. In an outage jobs are retried more often than that.</summary>
    private TimeSpan Memory => options.Value.After + (2 * archiver.Value.RetryMaxDelay);

    /// <summary>The stores that refuse.</summary>
    public async Task<IReadOnlyList<StoreState>> FindRefusingAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return (await connection.QueryAsync<StoreState>(new CommandDefinition(QuerySql, new { Memory }, cancellationToken: cancellationToken))).AsList();
    }

    public Task RefusedAsync(string store, string reason, CancellationToken cancellationToken) =>
        ExecuteAsync(RefusedSql, new { Store = store, Reason = reason, Memory }, cancellationToken);

    public Task TookAsync(string store, CancellationToken cancellationToken) => ExecuteAsync(TookSql, new { Store = store }, cancellationToken);

    private async Task ExecuteAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }
}
