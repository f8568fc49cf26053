using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Jobs;

/// <summary>Gives the job up. It stays on the table, dead and with its reason. False: the lease was lost already.</summary>
internal sealed class AbandonJobCommand(ArchiverDatabase database)
{
    private const string Sql =
        """
        update archiver.jobs
        set status = 'dead', finished_at = now(), updated_at = now(), lease_id = null, lease_owner = null, lease_expires_at = null,
            last_failure = @Failure, last_error = @Error, outcome_announced_at = null
        where id = @Id and lease_id = @LeaseId and status = 'running'
        """;

    public async Task<bool> ExecuteAsync(Guid id, Guid leaseId, TransferFailure failure, string error, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(
            Sql,
            new { Id = id, LeaseId = leaseId, Failure = failure.ToString(), Error = error },
            cancellationToken: cancellationToken)) == 1;
    }
}
