using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Jobs;

/// <summary>
/// The jobs of which something is still to be said, oldest first. They are set aside for a while, so that replicas do not say the
/// same thing at once; whoever dies over it leaves them to the others. A step that this process does not have is left to one that does.
/// </summary>
internal sealed class ClaimAnnouncementsCommand(ArchiverDatabase database)
{
    private const string Sql =
        $"""
        with pending as
        (
            select id from archiver.jobs
            where ((taken_up_at is not null and started_announced_at is null)
                   or (status in ('completed', 'dead') and outcome_announced_at is null))
              and step = any(@Steps)
              and (announcing_until is null or announcing_until < now())
            order by updated_at limit @Limit
            for update skip locked
        )
        update archiver.jobs set announcing_until = now() + @Lease
        where id in (select id from pending)
        returning {ArchiveJob.Columns}
        """;

    public async Task<IReadOnlyList<ArchiveJob>> ExecuteAsync(
        IReadOnlyList<string> steps, int limit, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return (await connection.QueryAsync<ArchiveJob>(new CommandDefinition(
            Sql, new { Steps = steps.ToArray(), Limit = limit, Lease = lease }, cancellationToken: cancellationToken))).AsList();
    }
}
