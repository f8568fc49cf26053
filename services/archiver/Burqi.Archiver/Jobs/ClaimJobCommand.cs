using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Jobs;

/// <summary>
/// Takes one job of a step on lease: first one whose worker fell silent, else the one that has been due for longest. Times are the database's:
/// replicas whose clocks differ would take each other's leases for expired.
/// </summary>
internal sealed class ClaimJobCommand(ArchiverDatabase database)
{
    private const string Sql =
        $"""
        with abandoned as
        (
            select id from archiver.jobs
            where status = 'running' and lease_expires_at < now() and step = @Step
            order by lease_expires_at limit 1
            for update skip locked
        ),
        due as
        (
            select id from archiver.jobs
            where status = 'waiting' and next_attempt_at <= now() and step = @Step and not exists (select 1 from abandoned)
            order by next_attempt_at limit 1
            for update skip locked
        )
        update archiver.jobs
        set status = 'running', attempts = attempts + 1, lease_id = @LeaseId, lease_owner = @Owner,
            lease_expires_at = now() + @Lease, taken_up_at = coalesce(taken_up_at, now()), updated_at = now()
        where id in (select id from abandoned union all select id from due)
        returning {ArchiveJob.Columns}
        """;

    public async Task<ArchiveJob?> ExecuteAsync(string step, string owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<ArchiveJob>(new CommandDefinition(
            Sql,
            new { Step = step, LeaseId = Guid.CreateVersion7(), Owner = owner, Lease = lease },
            cancellationToken: cancellationToken));
    }
}
