using Burqi.Archiver.Database;
using Burqi.Archiver.Retention;
using Dapper;
using Npgsql;

namespace Burqi.Archiver.Jobs;

/// <summary>
/// Puts a job on the table. A recording that is there already stays as it is, but for one thing: until it is archived, a newer description of the
/// source replaces the older (a media node that announces again signs a fresh URL) and is tried at once. What was given up because the source
/// could not be read begins anew. One that was deleted before anybody said where it came from is not archived, but deleted there too, now that it
/// is known.
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

    // The deletion's row before the other, as whoever completes it locks them; and from a worker that does not know the source yet it is taken away.
    private const string DeleteThereTooSql =
        $"""
        select from archiver.jobs where recording_id = @RecordingId and step = 'delete-recording' for update;

        with learnt as
        (
            update archiver.jobs
            set source_kind = @SourceKind, source_details = @SourceDetails::jsonb, file_path = @FilePath,
                provider_recording_id = coalesce(provider_recording_id, @ProviderRecordingId), updated_at = now()
            where recording_id = @RecordingId and step = @Step and source_kind = '{ClearTableCommand.NothingKnown}'
            returning recording_id
        )
        update archiver.jobs
        set lease_id = null, lease_owner = null, lease_expires_at = null, updated_at = now(), {AskCommand.Again}
        where step = 'delete-recording' and status in ('running', 'completed') and recording_id = (select recording_id from learnt)
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
        var parameters = JobInsert.Parameters(job, objectKey);
        if (await connection.ExecuteAsync(new CommandDefinition(Sql, parameters, cancellationToken: cancellationToken)) == 0 && job.Refusal is null)
        {
            await connection.ExecuteAsync(new CommandDefinition(DeleteThereTooSql, parameters, cancellationToken: cancellationToken));
        }
    }
}
