using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Jobs;

/// <summary>Gives the job back, to be tried again after a while. False: the lease was lost already.</summary>
internal sealed class PostponeJobCommand(ArchiverDatabase database)
{
    private const string Sql =
        """
        update archiver.jobs
        set status = 'waiting', next_attempt_at = now() + @Delay, updated_at = now(), lease_id = null, lease_owner = null,
            lease_expires_at = null, last_failure = coalesce(@Failure, last_failure), last_error = coalesce(@Error, last_error)
        where id = @Id and lease_id = @LeaseId and status = 'running'
        """;

    /// <summary>A null <paramref name="failure"/> gives it back without a reproach: the process stops.</summary>
    public async Task<bool> ExecuteAsync(
        Guid id, Guid leaseId, TimeSpan delay, TransferFailure? failure, string? error, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(
            Sql,
            new { Id = id, LeaseId = leaseId, Delay = delay, Failure = failure?.ToString(), Error = error },
            cancellationToken: cancellationToken)) == 1;
    }
}
