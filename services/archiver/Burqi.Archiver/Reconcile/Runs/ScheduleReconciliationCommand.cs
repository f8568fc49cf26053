using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Reconcile.Runs;

/// <summary>
/// Asks for the run that is due by the clock, once for all replicas: from where the last one that came to its end left off, so that a time in
/// which nobody looked is looked at afterwards.
/// </summary>
internal sealed class ScheduleReconciliationCommand(ArchiverDatabase database)
{
    private const string Sql =
        """
        insert into archiver.reconciliations (id, provider, requested_by, window_from, window_to)
        select @Id, @Provider, 'schedule',
               greatest(
                   coalesce(
                       (select max(window_to) from archiver.reconciliations
                        where provider = @Provider and requested_by = 'schedule' and status = 'completed') - @Overlap,
                       now() - @FirstWindow),
                   now() - @LongestCatchUp),
               now()
        where (@MayBeFirst or exists (select 1 from archiver.reconciliations where provider = @Provider and requested_by = 'schedule'))
          and not exists
          (
              select 1 from archiver.reconciliations
              where provider = @Provider and requested_by = 'schedule' and (status = 'running' or created_at > now() - @Interval)
          )
        """;

    /// <summary>True when one was due.</summary>
    /// <param name="provider">Whose recordings.</param>
    /// <param name="mayBeFirst">Whether it may be the very first one.</param>
    /// <param name="options">How often, and how far back.</param>
    /// <param name="cancellationToken">Stops the question.</param>
    public async Task<bool> ExecuteAsync(string provider, bool mayBeFirst, ReconcileOptions options, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(ClaimReconciliationCommand.Lock, transaction: transaction, cancellationToken: cancellationToken));
        var added = await connection.ExecuteAsync(new CommandDefinition(
            Sql,
            new
            {
                Id = Guid.CreateVersion7(),
                Provider = provider,
                MayBeFirst = mayBeFirst,
                options.Interval,
                options.Overlap,
                options.FirstWindow,
                options.LongestCatchUp,
            },
            transaction,
            cancellationToken: cancellationToken));
        await transaction.CommitAsync(cancellationToken);
        return added == 1;
    }
}
