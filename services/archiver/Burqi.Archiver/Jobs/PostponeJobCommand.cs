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
            lease_expires_at = null, last_failure = coalesce(@Failure, last_failure), last_error = coalesce(@Error, last_error),
            taken_up_at = case when @IsFresh then null else taken_up_at end, attempts = case when @IsFresh then 0 else attempts end
        where id = @Id and lease_id = @LeaseId and status = 'running'
        """;

    /// <summary>
    /// A null <paramref name="failure"/> gives it back without a reproach: the process stops, or its time has not come. In the latter case it
    /// begins anew (<paramref name="isFresh"/>).
    /// </summary>
    public async Task<bool> ExecuteAsync(
        Guid id, Guid leaseId, TimeSpan delay, TransferFailure? failure, string? error, CancellationToken cancellationToken, bool isFresh = false)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(
            Sql,
            new { Id = id, LeaseId = leaseId, Delay = delay, Failure = failure?.ToString(), Error = error, IsFresh = isFresh },
            cancellationToken: cancellationToken)) == 1;
    }
}
