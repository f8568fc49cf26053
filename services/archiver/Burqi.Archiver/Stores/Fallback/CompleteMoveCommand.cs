using Burqi.Archiver.Database;
using Burqi.Archiver.Jobs;
using Dapper;

namespace Burqi.Archiver.Stores.Fallback;

/// <summary>Writes down that nothing of a recording lies in the fallback any more, or why nothing was done. A lease that was lost changes nothing.</summary>
internal sealed class CompleteMoveCommand(ArchiverDatabase database)
{
    private const string Sql =
        """
        update archiver.jobs
        set status = 'completed', finished_at = now(), updated_at = now(), lease_id = null, lease_owner = null, lease_expires_at = null,
            last_failure = null, last_error = null, note = @Note, outcome_announced_at = null
        where id = @Id and lease_id = @LeaseId and status = 'running'
        """;

    public async Task ExecuteAsync(ArchiveJob job, string? note, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(Sql, new { job.Id, job.LeaseId, Note = note }, cancellationToken: cancellationToken));
    }
}
