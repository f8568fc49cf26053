using Burqi.Archiver.Database;
using Dapper;

namespace Burqi.Archiver.Jobs;

/// <summary>
/// Writes down what an attempt is about to put under its recording's key. Should nobody live to tell of it, and the source be gone by then, what
/// lies there is known to be the recording.
/// </summary>
internal sealed class NoteContentCommand(ArchiverDatabase database)
{
    private const string Sql =
        """
        update archiver.jobs set file_size = @FileSize, sha256 = @Sha256, updated_at = now()
        where id = @Id and lease_id = @LeaseId and status = 'running'
        """;

    /// <summary>Writes it down.</summary>
    /// <exception cref="LeaseLostException">Somebody else has the job.</exception>
    public async Task ExecuteAsync(ArchiveJob job, long fileSize, string sha256, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        if (await connection.ExecuteAsync(new CommandDefinition(
            Sql, new { job.Id, job.LeaseId, FileSize = fileSize, Sha256 = sha256 }, cancellationToken: cancellationToken)) != 1)
        {
            throw new LeaseLostException();
        }
    }
}
