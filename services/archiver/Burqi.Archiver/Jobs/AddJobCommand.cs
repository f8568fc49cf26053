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
        """
        insert into archiver.jobs
            (id, recording_id, step, status, provider, call_id, recording_type, recording_source, provider_recording_id, stream_id,
             assistant_id, format, sample_rate, channels, duration_ms, file_path, started_at, ended_at, source_kind, source_details,
             expected_size, expected_sha256, object_key, traceparent, last_failure, last_error, create_database_records,
             origin, finished_at)
        values
            (@Id, @RecordingId, @Step, @Status, @Provider, @CallId, @RecordingType, @RecordingSource, @ProviderRecordingId, @StreamId,
             @AssistantId, @Format, @SampleRate, @Channels, @DurationMs, @FilePath, @StartedAt, @EndedAt, @SourceKind,
             @SourceDetails::jsonb, @ExpectedSize, @ExpectedSha256, @ObjectKey, @Traceparent, @LastFailure, @LastError,
             @CreateDatabaseRecords, @Origin,
             case when @Status = 'dead' then now() end)
        on conflict (recording_id, step) do update
            set source_details = excluded.source_details, next_attempt_at = now(), updated_at = now()
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
        await connection.ExecuteAsync(new CommandDefinition(
            Sql,
            new
            {
                Id = Guid.CreateVersion7(),
                job.RecordingId,
                Step = JobSteps.Archive,
                Status = job.Refusal is null ? JobStatuses.Waiting : JobStatuses.Dead,
                job.Provider,
                job.CallId,
                job.RecordingType,
                job.RecordingSource,
                job.ProviderRecordingId,
                job.StreamId,
                job.AssistantId,
                job.Format,
                job.SampleRate,
                job.Channels,
                job.DurationMs,
                job.FilePath,
                StartedAt = job.StartedAt?.UtcDateTime,
                EndedAt = job.EndedAt?.UtcDateTime,
                job.SourceKind,
                job.SourceDetails,
                job.ExpectedSize,
                job.ExpectedSha256,
                ObjectKey = objectKey,
                job.Traceparent,
                LastFailure = job.Refusal is null ? null : ArchiveRecording.TransferFailure.Refused.ToString(),
                LastError = job.Refusal,
                job.CreateDatabaseRecords,
                job.Origin,
            },
            cancellationToken: cancellationToken));
    }
}
