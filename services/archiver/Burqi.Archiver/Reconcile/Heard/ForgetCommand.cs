using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Reconcile.Heard;

/// <summary>
/// Lets go of what is of no more use: telephone numbers of calls that were announced, what was heard longer ago than any window reaches, and
/// runs by the clock that found nothing.
/// </summary>
internal sealed class ForgetCommand(ArchiverDatabase database)
{
    private static readonly TimeSpan UneventfulRuns = TimeSpan.FromDays(30);

    private const string Sql =
        """
        update archiver.reconciliation_calls set started = null, ended = null
        where announced_at < now() - @announced and (started is not null or ended is not null);
        delete from archiver.heard_calls where heard_at < now() - @heard;
        delete from archiver.heard_recordings where heard_at < now() - @heard;
        delete from archiver.reconciliations run
        where created_at < now() - @UneventfulRuns and status <> 'running' and requested_by = 'schedule'
          and not exists (select 1 from archiver.reconciliation_findings where reconciliation_id = run.id)
          and exists
          (
              select 1 from archiver.reconciliations later
              where later.provider = run.provider and later.requested_by = 'schedule' and later.status = 'completed' and later.created_at > run.created_at
          )
        """;

    /// <summary>Forgets.</summary>
    /// <param name="announced">How long ago a call was announced that nobody will have announced again.</param>
    /// <param name="heard">How long ago anything was heard that no window reaches.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task ExecuteAsync(TimeSpan announced, TimeSpan heard, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(Sql, new { announced, heard, UneventfulRuns }, cancellationToken: cancellationToken));
    }
}
