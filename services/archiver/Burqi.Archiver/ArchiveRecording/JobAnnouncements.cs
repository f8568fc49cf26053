using Burqi.Archiver.Jobs;
using Burqi.Contracts.Recordings;

namespace Burqi.Archiver.ArchiveRecording;

/// <summary>A job's row as the messages that tell of it: the same row makes the same message, however often.</summary>
internal static class JobAnnouncements
{
    public static RecordingArchiveStarted Started(ArchiveJob job) => new()
    {
        RecordingId = job.RecordingId,
        Provider = job.Provider,
        CallId = job.CallId,
        RecordingType = job.RecordingType,
        RecordingSource = job.RecordingSource,
        ProviderRecordingId = job.ProviderRecordingId,
        StreamId = job.StreamId,
        AssistantId = job.AssistantId,
        ArchiveStartedAt = Utc(job.TakenUpAt) ?? throw Incomplete(job),
        CreateDatabaseRecords = job.CreateDatabaseRecords,
    };

    public static RecordingArchived Archived(ArchiveJob job) => new()
    {
        RecordingId = job.RecordingId,
        Provider = job.Provider,
        CallId = job.CallId,
        RecordingType = job.RecordingType,
        RecordingSource = job.RecordingSource,
        ProviderRecordingId = job.ProviderRecordingId,
        StreamId = job.StreamId,
        AssistantId = job.AssistantId,
        Format = job.Format ?? throw Incomplete(job),
        SampleRate = job.SampleRate ?? throw Incomplete(job),
        Channels = job.Channels ?? throw Incomplete(job),
        DurationMs = job.DurationMs,
        FileSize = job.FileSize ?? throw Incomplete(job),
        Sha256 = job.Sha256 ?? throw Incomplete(job),
        Store = job.Store ?? throw Incomplete(job),
        ObjectKey = job.ObjectKey ?? throw Incomplete(job),
        ObjectUrl = job.ObjectUrl ?? throw Incomplete(job),
        FilePath = job.FilePath,
        StartedAt = Utc(job.StartedAt),
        EndedAt = Utc(job.EndedAt) ?? (job.DurationMs is { } length ? Utc(job.StartedAt)?.AddMilliseconds(length) : null),
        ArchivedAt = Utc(job.FinishedAt) ?? throw Incomplete(job),
        CreateDatabaseRecords = job.CreateDatabaseRecords,
        Peak = job.Peak,
        SilentChannels = job.SilentChannels,
        Origin = job.Origin,
        SplitFrom = job.SplitFrom,
        SplitChannel = job.SplitChannel,
        EncryptionKeyId = job.EncryptionKeyId,
    };

    public static RecordingArchiveFailed Failed(ArchiveJob job) => new()
    {
        RecordingId = job.RecordingId,
        Provider = job.Provider,
        CallId = job.CallId,
        RecordingType = job.RecordingType,
        RecordingSource = job.RecordingSource,
        ProviderRecordingId = job.ProviderRecordingId,
        StreamId = job.StreamId,
        AssistantId = job.AssistantId,
        Reason = job.LastError ?? throw Incomplete(job),
        Attempts = job.Attempts,
        FailedAt = Utc(job.FinishedAt) ?? throw Incomplete(job),
        CreateDatabaseRecords = job.CreateDatabaseRecords,
    };

    public static ProviderRecordingDeleted Deleted(ArchiveJob job) => new()
    {
        RecordingId = job.RecordingId,
        Provider = job.Provider,
        CallId = job.CallId,
        RecordingType = job.RecordingType,
        RecordingSource = job.RecordingSource,
        ProviderRecordingId = job.ProviderRecordingId ?? throw Incomplete(job),
        AssistantId = job.AssistantId,
        ObjectKey = job.ObjectKey ?? throw Incomplete(job),
        DeletedAt = Utc(job.DeletedAtProviderAt) ?? throw Incomplete(job),
        CreateDatabaseRecords = job.CreateDatabaseRecords,
    };

    private static DateTimeOffset? Utc(DateTime? time) => time is { } known ? new DateTimeOffset(known, TimeSpan.Zero) : null;

    private static InvalidOperationException Incomplete(ArchiveJob job) =>
        new($"The row of job {job.Id} lacks what its status '{job.Status}' promises.");
}
