using Burqi.Archiver.Database;
using Burqi.Archiver.Jobs;
using Dapper;

namespace Burqi.Archiver.Retention;

/// <summary>
/// Writes down that a recording is deleted, and lets the job that archived it forget where it lay: nobody is to look for it there again. False: the
/// lease was lost, and whoever took the job over writes the outcome.
/// </summary>
internal sealed class CompleteRecordingDeletionCommand(ArchiverDatabase database)
{
    private const string Complete =
        """
        update archiver.jobs
        set status = 'completed', finished_at = now(), updated_at = now(), lease_id = null, lease_owner = null, lease_expires_at = null,
            last_failure = null, last_error = null, note = @Note, object_key = coalesce(@ObjectKey, object_key), outcome_announced_at = null,
            deleted_at_provider_at = case when @IsDeletedAtProvider then now() else deleted_at_provider_at end
        where id = @Id and lease_id = @LeaseId and status = 'running'
        """;

    private const string Forget =
        """
        update archiver.jobs
        set object_key = null, object_url = null, store = null, encryption_key_id = null, note = 'The recording is deleted.', updated_at = now(),
            source_details = case when step = 'waveform' then '{}' else source_details end,
            started_announced_at = coalesce(started_announced_at, now()), outcome_announced_at = coalesce(outcome_announced_at, now())
        where recording_id = @RecordingId and step <> 'delete-recording' and status = 'completed' and id <> @Id
        """;

    /// <summary>Writes the outcome.</summary>
    /// <param name="job">The job, with its lease.</param>
    /// <param name="objectKey">Where the object lay; null where there was none.</param>
    /// <param name="isDeletedAtProvider">The provider confirmed that its copy is gone.</param>
    /// <param name="note">What could not be deleted; null where nothing was left.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<bool> ExecuteAsync(ArchiveJob job, string? objectKey, bool isDeletedAtProvider, string? note, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var parameters = new { job.Id, job.LeaseId, job.RecordingId, ObjectKey = objectKey, IsDeletedAtProvider = isDeletedAtProvider, Note = note };
        var isOurs = await connection.ExecuteAsync(new CommandDefinition(Complete, parameters, transaction, cancellationToken: cancellationToken)) == 1;
        if (isOurs)
        {
            await connection.ExecuteAsync(new CommandDefinition(Forget, parameters, transaction, cancellationToken: cancellationToken));
        }

        await transaction.CommitAsync(cancellationToken);
        return isOurs;
    }
}
