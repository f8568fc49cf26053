using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Queues;

/// <summary>
/// Which queues have a job that may be taken up. It steps from one queue to the next in the index, however many jobs stand in each, so that
/// an outage with a hundred thousand of them costs no more to look at than one with a single job.
/// </summary>
internal sealed class DueQueuesQuery(ArchiverDatabase database)
{
    internal const string Sql =
        """
        with recursive queues(step, destination) as
        (
            (select step, destination from archiver.jobs where status = 'waiting' order by step, destination limit 1)
            union all
            select next.step, next.destination
            from queues
            cross join lateral
            (
                select step, destination from archiver.jobs
                where status = 'waiting' and (step, destination) > (queues.step, queues.destination)
                order by step, destination limit 1
            ) next
        )
        select step as Step, destination as Destination
        from queues
        where step = any(@Steps)
          and exists
          (
              select from archiver.jobs due
              where due.status = 'waiting' and due.step = queues.step and due.destination = queues.destination and due.next_attempt_at <= now()
          )
        union
        select step, destination from archiver.jobs where status = 'running' and lease_expires_at < now() and step = any(@Steps)
        """;

    public async Task<IReadOnlyList<JobQueue>> ExecuteAsync(IReadOnlyCollection<string> steps, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return (await connection.QueryAsync<JobQueue>(new CommandDefinition(
            Sql, new { Steps = steps.ToArray() }, cancellationToken: cancellationToken))).AsList();
    }
}
