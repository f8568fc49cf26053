using Burqi.Catalog.Database;
using Dapper;

namespace Burqi.Catalog.Operations;

/// <summary>
/// Adds up how much lies in which store. All rows are read for it, so it is done by one replica at a time, once in each interval, and kept; what lies
/// there twice under one name counts once, as in the usage.
/// </summary>
internal sealed class MeasureStoreUseCommand(CatalogDatabase database)
{
    private const string Sql =
        """
        with measured as (
            select coalesce(recording.told -> 'metadata.store' ->> 2, 'unknown') as store, count(*) as recordings, sum(known.counted_bytes) as bytes
            from catalog.recording_usage known
            join catalog.recordings recording on recording.id = known.recording_id
            where known.counted_bytes is not null
            group by 1)
        insert into catalog.store_use (measured_at, stores)
        select now(), coalesce(jsonb_agg(measured order by store), '[]') from measured
        on conflict (is_the_only_one) do update set measured_at = excluded.measured_at, stores = excluded.stores
        """;

    private const string IsDue =
        """
        select pg_try_advisory_xact_lock(hashtextextended('burqi.catalog.store_use', 0))
            and not exists (select from catalog.store_use where measured_at > now() - @interval and measured_at <= now())
        """;

    // Nobody waits for it: it may take as long as there are rows.
    private const string Patience = "set local statement_timeout = '5min'";

    /// <summary>Says whether it was due, and done by this replica.</summary>
    public Task<bool> ExecuteAsync(TimeSpan interval, CancellationToken cancellationToken) => database.ReadAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(IsDue, new { interval }, cancellationToken: cancellationToken)))
            {
                return false;
            }

            await connection.ExecuteAsync(new CommandDefinition(Patience, cancellationToken: cancellationToken));
            await connection.ExecuteAsync(new CommandDefinition(Sql, commandTimeout: 300, cancellationToken: cancellationToken));
            await transaction.CommitAsync(cancellationToken);
            return true;
        },
        cancellationToken);
}
