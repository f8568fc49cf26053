using Burqi.Archiver.Database;
using Burqi.Archiver.Jobs;
using Dapper;

namespace Burqi.Archiver.Stores.Fallback;

/// <summary>
/// Writes down that a recording lies in another store now, which is said again like its archiving, and tells the jobs that are to do something
/// with it. False: the lease was lost, or the recording is no longer what it was; nothing is written then.
/// </summary>
internal sealed class SwitchStoreCommand(ArchiverDatabase database)
{
    private const string Sql =
        """
        update archiver.jobs
        set store = @To, object_url = @ObjectUrl, encryption_key_id = @KeyId, finished_at = now(), updated_at = now(), outcome_announced_at = null
        where recording_id = @RecordingId and object_key = @ObjectKey and step in ('archive', 'split') and status = 'completed' and store = @From
          and exists (select from archiver.jobs move where move.id = @Id and move.lease_id = @LeaseId and move.status = 'running')
        """;

    private const string OthersSql =
        """
        update archiver.jobs
        set store = @To
        where recording_id = @RecordingId and object_key = @ObjectKey and step not in ('archive', 'split', 'move') and store = @From
        """;

    public async Task<bool> ExecuteAsync(ArchiveJob job, IRecordingStore from, IRecordingStore to, string objectUrl, string? keyId, CancellationToken cancellationToken)
    {
        var parameters = new { job.Id, job.LeaseId, job.RecordingId, job.ObjectKey, From = from.Name, To = to.Name, ObjectUrl = objectUrl, KeyId = keyId };
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var isOurs = await connection.ExecuteAsync(new CommandDefinition(Sql, parameters, transaction, cancellationToken: cancellationToken)) == 1;
        if (isOurs)
        {
            await connection.ExecuteAsync(new CommandDefinition(OthersSql, parameters, transaction, cancellationToken: cancellationToken));
        }

        await transaction.CommitAsync(cancellationToken);
        return isOurs;
    }
}
