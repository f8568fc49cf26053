using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Jobs;

/// <summary>
/// Writes down what was stored and, in the same transaction, what follows from it. False: the lease was lost, and whoever took the job over
/// writes the outcome.
/// </summary>
internal sealed class CompleteJobCommand(ArchiverDatabase database)
{
    private const string Sql =
        """
        update archiver.jobs
        set status = 'completed', finished_at = now(), updated_at = now(), lease_id = null, lease_owner = null, lease_expires_at = null,
            last_failure = null, last_error = null, format = @Format, sample_rate = @SampleRate, channels = @Channels,
            duration_ms = @DurationMs, peak = @Peak, silent_channels = @SilentChannels, file_size = @FileSize, sha256 = @Sha256, store = @Store, object_url = @ObjectUrl,
            encryption_key_id = @EncryptionKeyId,
            outcome_announced_at = null
        where id = @Id and lease_id = @LeaseId and status = 'running'
        """;

    private const string FollowUpSql = $"{JobInsert.Sql} on conflict do nothing"; // the recording was archived before, and this followed then

    public async Task<bool> ExecuteAsync(
        Guid id, Guid leaseId, TransferResult result, IReadOnlyList<NewJob> followUps, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var isOurs = await connection.ExecuteAsync(new CommandDefinition(
            Sql,
            new
            {
                Id = id,
                LeaseId = leaseId,
                result.Format,
                result.SampleRate,
                result.Channels,
                result.DurationMs,
                result.Peak,
                result.SilentChannels,
                result.FileSize,
                result.Sha256,
                result.Store,
                result.ObjectUrl,
                result.EncryptionKeyId,
            },
            transaction,
            cancellationToken: cancellationToken)) == 1;
        foreach (var followUp in isOurs ? followUps : [])
        {
            await connection.ExecuteAsync(new CommandDefinition(
                FollowUpSql, JobInsert.Parameters(followUp, followUp.ObjectKey?.Value), transaction, cancellationToken: cancellationToken));
        }

        await transaction.CommitAsync(cancellationToken);
        return isOurs;
    }
}
