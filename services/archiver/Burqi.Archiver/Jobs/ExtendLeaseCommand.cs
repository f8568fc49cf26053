using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Jobs;

/// <summary>The worker's sign of life. False: the job is no longer its own.</summary>
internal sealed class ExtendLeaseCommand(ArchiverDatabase database)
{
    private const string Sql =
        "update archiver.jobs set lease_expires_at = now() + @Lease where id = @Id and lease_id = @LeaseId and status = 'running'";

    public async Task<bool> ExecuteAsync(Guid id, Guid leaseId, TimeSpan lease, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(
            Sql, new { Id = id, LeaseId = leaseId, Lease = lease }, cancellationToken: cancellationToken)) == 1;
    }
}
