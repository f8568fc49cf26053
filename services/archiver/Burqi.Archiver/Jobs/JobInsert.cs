namespace Burqi.Archiver.Jobs;

/// <summary>How a job is put on the table, by whoever does.</summary>
internal static class JobInsert
{
    public const string Sql =
        """
        insert into archiver.jobs
            (id, recording_id, step, status, provider, call_id, recording_type, recording_source, provider_recording_id, stream_id,
             assistant_id, format, sample_rate, channels, duration_ms, file_path, started_at, ended_at, source_kind, source_details,
             expected_size, expected_sha256, object_key, store, traceparent, last_failure, last_error, create_database_records,
             origin, split_from, split_channel, destination, source_keeps_until, next_attempt_at, finished_at)
        values
            (@Id, @RecordingId, @Step, @Status, @Provider, @CallId, @RecordingType, @RecordingSource, @ProviderRecordingId, @StreamId,
             @AssistantId, @Format, @SampleRate, @Channels, @DurationMs, @FilePath, @StartedAt, @EndedAt, @SourceKind,
             @SourceDetails::jsonb, @ExpectedSize, @ExpectedSha256, @ObjectKey, @Store, @Traceparent, @LastFailure, @LastError,
             @CreateDatabaseRecords, @Origin, @SplitFrom, @SplitChannel, @Destination, @SourceKeepsUntil, now() + @DueIn,
             case when @Status = 'dead' then now() end)
        """;

    public static object Parameters(NewJob job, string? objectKey) => new
    {
        Id = Guid.CreateVersion7(),
        job.RecordingId,
        job.Step,
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
        job.Store,
        job.Traceparent,
        LastFailure = job.Refusal is null ? null : ArchiveRecording.TransferFailure.Refused.ToString(),
        LastError = job.Refusal,
        job.CreateDatabaseRecords,
        job.Origin,
        job.SplitFrom,
        job.SplitChannel,
        Destination = job.Destination ?? job.SourceKind,
        SourceKeepsUntil = job.SourceKeepsUntil?.UtcDateTime,
        job.DueIn,
    };
}
