using Burqi.Archiver.Database;
using Burqi.Archiver.Jobs;
using Dapper;

namespace Burqi.Archiver.Retention;

/// <summary>Writes down where an object lies now. False: the lease was lost, and whoever took the job over writes the outcome.</summary>
internal sealed class CompleteTierCommand(ArchiverDatabase database)
{
    private const string Sql =
        """
        update archiver.jobs
        set status = 'completed', finished_at = now(), updated_at = now(), lease_id = null, lease_owner = null, lease_expires_at = null,
            last_failure = null, last_error = null, note = @Note, outcome_announced_at = null,
            source_details = source_details || jsonb_build_object('lies_in', @LiesIn::text)
        where id = @Id and lease_id = @LeaseId and status = 'running'
        """;

    /// <summary>Writes the outcome.</summary>
    /// <param name="job">The job, with its lease.</param>
    /// <param name="liesIn">The tier.</param>
    /// <param name="note">Why it is not the one that was asked for; null where it is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<bool> ExecuteAsync(ArchiveJob job, string liesIn, string? note, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(
            Sql, new { job.Id, job.LeaseId, Note = note, LiesIn = liesIn }, cancellationToken: cancellationToken)) == 1;
    }
}
