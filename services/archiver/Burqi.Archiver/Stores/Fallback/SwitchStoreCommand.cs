using Burqi.Archiver.Database;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Queues;
using Burqi.Archiver.Retention;
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

    // What is asked of the copy that is new in its store is to be asked of that one: it waits until the other is gone.
    private const string TierSql =
        $"""
        update archiver.jobs
        set destination = @Destination, updated_at = now(), {AskCommand.Again}
        where recording_id = @RecordingId and step = 'set-tier' and status in ('waiting', 'completed')
        """;

    public async Task<bool> ExecuteAsync(ArchiveJob job, IRecordingStore from, IRecordingStore to, string objectUrl, string? keyId, CancellationToken cancellationToken)
    {
        var parameters = new
        {
            job.Id,
            job.LeaseId,
            job.RecordingId,
            job.ObjectKey,
            From = from.Name,
            To = to.Name,
            ObjectUrl = objectUrl,
            KeyId = keyId,
            Destination = Destinations.OfStore(to.Name),
        };
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var isOurs = await connection.ExecuteAsync(new CommandDefinition(Sql, parameters, transaction, cancellationToken: cancellationToken)) == 1;
        if (isOurs)
        {
            await connection.ExecuteAsync(new CommandDefinition(OthersSql, parameters, transaction, cancellationToken: cancellationToken));
            await connection.ExecuteAsync(new CommandDefinition(TierSql, parameters, transaction, cancellationToken: cancellationToken));
        }

        await transaction.CommitAsync(cancellationToken);
        return isOurs;
    }
}
