using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Jobs;

/// <summary>
/// Forgets that recent announcements were made, so that they are made once more, and frees those that a process died over. Another
/// replica may be in the middle of one: it is then made twice, which changes nothing.
/// </summary>
internal sealed class RepeatAnnouncementsCommand(ArchiverDatabase database)
{
    // The first condition repeats that of index jobs_unannounced. In the second, updated_at moves with every announcement: its maximum is when
    // the last was made, however long the process was away since, and the bound on it lets the index find the few rows of that hour.
    private const string Sql =
        """
        update archiver.jobs
        set announcing_until = null
        where announcing_until is not null
          and ((taken_up_at is not null and started_announced_at is null)
               or (status in ('completed', 'dead') and outcome_announced_at is null));

        with last as (select max(updated_at) - @Within as hour from archiver.jobs)
        update archiver.jobs
        set started_announced_at = case when started_announced_at > last.hour then null else started_announced_at end,
            outcome_announced_at = case when outcome_announced_at > last.hour then null else outcome_announced_at end
        from last
        where updated_at > last.hour
          and (started_announced_at > last.hour or outcome_announced_at > last.hour)
        """;

    /// <summary>How many rows were freed or are to be said again.</summary>
    public async Task<int> ExecuteAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(Sql, new { Within = within }, cancellationToken: cancellationToken));
    }
}
