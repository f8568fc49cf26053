using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Jobs;

/// <summary>Writes down that the provider's copy is gone, or why it stays. False: the lease was lost, and whoever took the job over writes the outcome.</summary>
internal sealed class CompleteDeletionCommand(ArchiverDatabase database)
{
    private const string Sql =
        """
        update archiver.jobs
        set status = 'completed', finished_at = now(), updated_at = now(), lease_id = null, lease_owner = null, lease_expires_at = null,
            last_failure = null, last_error = null, note = @Note, outcome_announced_at = null,
            deleted_at_provider_at = case when @Note::text is null then now() end
        where id = @Id and lease_id = @LeaseId and status = 'running'
        """;

    /// <summary>Writes the outcome.</summary>
    /// <param name="id">The job.</param>
    /// <param name="leaseId">Its lease.</param>
    /// <param name="note">Why nothing was deleted; null when it was.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<bool> ExecuteAsync(Guid id, Guid leaseId, string? note, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(
            Sql, new { Id = id, LeaseId = leaseId, Note = note }, cancellationToken: cancellationToken)) == 1;
    }
}
