using Burqi.Archiver.Database;
using Dapper;
using Npgsql;

namespace Burqi.Archiver.Jobs;

/// <summary>
/// Puts a job on the table. A recording that is there already stays as it is, but for one thing: while its job still waits, a newer
/// description of the source replaces the older (a media node that announces again signs a fresh URL) and is tried at once.
/// </summary>
internal sealed class AddJobCommand(ArchiverDatabase database)
{
    private const string Sql =
        $"""
        {JobInsert.Sql}
        on conflict (recording_id, step) do update
            set source_details = excluded.source_details, destination = excluded.destination, next_attempt_at = now(), updated_at = now()
            where jobs.status = 'waiting'
              and excluded.status = 'waiting'
              and jobs.source_details is distinct from excluded.source_details
        """;

    public async Task ExecuteAsync(NewJob job, CancellationToken cancellationToken)
    {
        try
        {
            await InsertAsync(job, job.ObjectKey?.Value, cancellationToken);
        }
        catch (PostgresException exception) when (exception is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "jobs_object_key" })
        {
            // Two streams of one call that began within the same second want the same name: the later one carries its id as well.
            await InsertAsync(job, job.ObjectKey?.WithSuffix(job.RecordingId).Value, cancellationToken);
        }
    }

    private async Task InsertAsync(NewJob job, string? objectKey, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(Sql, JobInsert.Parameters(job, objectKey), cancellationToken: cancellationToken));
    }
}
