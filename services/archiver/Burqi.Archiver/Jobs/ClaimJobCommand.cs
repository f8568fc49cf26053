using Burqi.Archiver.Database;
using Burqi.Archiver.Queues;
using Dapper;

namespace Burqi.Archiver.Jobs;

/// <summary>
/// Takes one job of a queue on lease: first one whose worker fell silent, then one whose source will not keep it for long, else one of the call
/// whose turn it is. A call with a thousand files thus holds up another's only one by a single file. Times are the database's: replicas whose
/// clocks differ would take each other's leases for expired.
/// </summary>
internal sealed class ClaimJobCommand(ArchiverDatabase database)
{
    // ACS keeps a recording for 24 hours: what has lost half of them comes first.
    private static readonly TimeSpan Urgent = TimeSpan.FromHours(12);

    private const string Due = "status = 'waiting' and step = @Step and destination = @Destination and next_attempt_at <= now()";

    internal const string Sql =
        $"""
        with abandoned as
        (
            select id from archiver.jobs
            where status = 'running' and lease_expires_at < now() and step = @Step and destination = @Destination
            order by lease_expires_at limit 1
            for update skip locked
        ),
        urgent as
        (
            select id from archiver.jobs
            where {Due} and source_keeps_until < now() + @Urgent and not exists (select from abandoned)
            order by source_keeps_until limit 1
            for update skip locked
        ),
        next_call as
        (
            select id from archiver.jobs
            where {Due} and call_id > @AfterCall and not exists (select from abandoned) and not exists (select from urgent)
            order by call_id, next_attempt_at limit 1
            for update skip locked
        ),
        first_call as
        (
            select id from archiver.jobs
            where {Due} and call_id <= @AfterCall
              and not exists (select from abandoned) and not exists (select from urgent) and not exists (select from next_call)
            order by call_id, next_attempt_at limit 1
            for update skip locked
        )
        update archiver.jobs
        set status = 'running', attempts = attempts + 1, lease_id = @LeaseId, lease_owner = @Owner,
            lease_expires_at = now() + @Lease, taken_up_at = coalesce(taken_up_at, now()), updated_at = now()
        where id in (select id from abandoned union all select id from urgent union all select id from next_call union all select id from first_call)
        returning {ArchiveJob.Columns}
        """;

    /// <summary>Takes a job; null when there is none to be had.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="afterCall">The call that had its turn last; empty before the first.</param>
    /// <param name="owner">Who takes it, for people to read.</param>
    /// <param name="lease">For how long.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<ArchiveJob?> ExecuteAsync(JobQueue queue, string afterCall, string owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<ArchiveJob>(new CommandDefinition(
            Sql,
            new { queue.Step, queue.Destination, AfterCall = afterCall, Urgent, LeaseId = Guid.CreateVersion7(), Owner = owner, Lease = lease },
            cancellationToken: cancellationToken));
    }
}
