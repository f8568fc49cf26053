using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Reconcile.Runs;

/// <summary>
/// Until when each account was looked through by the clock, also by runs that failed for another's sake: one account that cannot be read
/// keeps the windows long, and the others need not be listed over all of that each time.
/// </summary>
internal sealed class ReachedAccountsQuery(ArchiverDatabase database)
{
    // As far back as a window reaches: what is older makes none shorter.
    private const string Sql =
        """
        select account ->> 'account_id' as AccountId, max(window_to) as Reached
        from archiver.reconciliations, jsonb_array_elements(progress -> 'accounts') as account
        where provider = @Provider and requested_by = 'schedule' and status <> 'running' and created_at >= @WindowFrom
          and account ->> 'status' = 'completed'
        group by account ->> 'account_id'
        """;

    /// <summary>The times in UTC, by account. None for a run that somebody asked for: it has the window that was asked for.</summary>
    public async Task<IReadOnlyDictionary<string, DateTime>> ExecuteAsync(Reconciliation run, CancellationToken cancellationToken)
    {
        if (run.RequestedBy != ReconciliationRequesters.Schedule)
        {
            return new Dictionary<string, DateTime>();
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<(string AccountId, DateTime Reached)>(new CommandDefinition(
            Sql, new { run.Provider, run.WindowFrom }, cancellationToken: cancellationToken));
        return rows.ToDictionary(row => row.AccountId, row => row.Reached, StringComparer.Ordinal);
    }
}
