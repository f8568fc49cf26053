using Burqi.Archiver.Database;
using Dapper;
using Npgsql;

namespace Burqi.Archiver.Jobs;

/// <summary>
/// Puts a job on the table. A recording that is there already stays as it is, but for one thing: until it is archived, a newer description of the
/// source replaces the older (a media node that announces again signs a fresh URL) and is tried at once. What was given up because the source
/// could not be read begins anew.
/// </summary>
internal sealed class AddJobCommand(ArchiverDatabase database)
{
    private const string Sql =
        $"""
        {JobInsert.Sql}
        on conflict (recording_id, step) do update
            set source_details = excluded.source_details, destination = excluded.destination, next_attempt_at = now(), updated_at = now(),
                status = case when jobs.status = 'dead' then 'waiting' else jobs.status end,
                attempts = case when jobs.status = 'dead' then 0 else jobs.attempts end,
                taken_up_at = case when jobs.status = 'dead' then null else jobs.taken_up_at end,
                finished_at = null, outcome_announced_at = null, dismissed_at = null
            where (jobs.status in ('waiting', 'running')
                or (jobs.status = 'dead' and jobs.last_failure in ('SourceRefused', 'SourceUnavailable', 'SourceGone') and jobs.object_key is not null))
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
