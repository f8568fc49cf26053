using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Jobs;

/// <summary>Writes down what was stored. False: the lease was lost, and whoever took the job over writes the outcome.</summary>
internal sealed class CompleteJobCommand(ArchiverDatabase database)
{
    private const string Sql =
        """
        update archiver.jobs
        set status = 'completed', finished_at = now(), updated_at = now(), lease_id = null, lease_owner = null, lease_expires_at = null,
            last_failure = null, last_error = null, format = @Format, sample_rate = @SampleRate, channels = @Channels,
            duration_ms = @DurationMs, peak = @Peak, silent_channels = @SilentChannels, file_size = @FileSize, sha256 = @Sha256, store = @Store, object_url = @ObjectUrl,
            outcome_announced_at = null
        where id = @Id and lease_id = @LeaseId and status = 'running'
        """;

    public async Task<bool> ExecuteAsync(Guid id, Guid leaseId, TransferResult result, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteAsync(new CommandDefinition(
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
            },
            cancellationToken: cancellationToken)) == 1;
    }
}
