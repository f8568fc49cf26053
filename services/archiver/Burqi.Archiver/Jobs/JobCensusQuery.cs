using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Jobs;

/// <summary>
/// How many jobs stand where, and how long the longest due one has been waiting. Finished jobs are counted by a counter instead, and what is
/// to be deleted some day is not waited for by anybody; nor is a dead job counted that somebody has looked at and dismissed.
/// </summary>
internal sealed class JobCensusQuery(ArchiverDatabase database)
{
    private const string Sql =
        """
        select (select count(*) from archiver.jobs where step in ('archive', 'split') and status = 'waiting') as Waiting,
               (select count(*) from archiver.jobs where status = 'running') as Running,
               (select count(*) from archiver.jobs where status = 'dead' and dismissed_at is null) as Dead,
               (select coalesce(extract(epoch from greatest(now() - min(next_attempt_at), interval '0')), 0)::float8
                from archiver.jobs where step in ('archive', 'split') and status = 'waiting') as OldestWaitingSeconds
        """;

    public async Task<JobCensus> ExecuteAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleAsync<JobCensus>(new CommandDefinition(Sql, cancellationToken: cancellationToken));
    }
}
