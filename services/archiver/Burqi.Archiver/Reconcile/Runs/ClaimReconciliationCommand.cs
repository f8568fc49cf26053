using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Reconcile.Runs;

/// <summary>Takes the oldest unfinished run on lease, unless one is on lease already: two at once would only ask the provider twice.</summary>
internal sealed class ClaimReconciliationCommand(ArchiverDatabase database)
{
    /// <summary>Held until the transaction ends, so that of two replicas the second sees what the first has done.</summary>
    internal const string Lock = "select pg_advisory_xact_lock(hashtext('burqi.archiver.reconciliations'))";

    // clock_timestamp: now() is the time before the lock was waited for, at which the run before may not have ended yet.
    private const string Sql =
        $"""
        update archiver.reconciliations
        set lease_id = @LeaseId, lease_owner = @Owner, lease_expires_at = now() + @Lease, attempts = attempts + 1,
            started_at = coalesce(started_at, clock_timestamp())
        where id = (select id from archiver.reconciliations where status = 'running' order by created_at, id limit 1)
          and not exists (select 1 from archiver.reconciliations where status = 'running' and lease_expires_at >= now())
        returning {Reconciliation.Columns}
        """;

    public async Task<Reconciliation?> ExecuteAsync(string owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(Lock, transaction: transaction, cancellationToken: cancellationToken));
        var claimed = await connection.QuerySingleOrDefaultAsync<Reconciliation>(new CommandDefinition(
            Sql, new { LeaseId = Guid.CreateVersion7(), Owner = owner, Lease = lease }, transaction, cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return claimed;
    }
}
