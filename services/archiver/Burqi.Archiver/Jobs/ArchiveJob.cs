namespace Burqi.Archiver.Jobs;

/// <summary>A row of <c>archiver.jobs</c>.</summary>
internal sealed record ArchiveJob
{
    /// <summary>The columns by the names of the properties, so that no process-wide mapping rule is needed.</summary>
    public const string Columns =
        """
        id as Id, recording_id as RecordingId, step as Step, status as Status, provider as Provider, call_id as CallId,
        recording_type as RecordingType, recording_source as RecordingSource, provider_recording_id as ProviderRecordingId,
        stream_id as StreamId, assistant_id as AssistantId, format as Format, sample_rate as SampleRate, channels as Channels,
        duration_ms as DurationMs, file_path as FilePath, started_at as StartedAt, ended_at as EndedAt, source_kind as SourceKind,
        source_details as SourceDetails, expected_size as ExpectedSize, expected_sha256 as ExpectedSha256, object_key as ObjectKey,
        attempts as Attempts, lease_id as LeaseId, last_failure as LastFailure, last_error as LastError, traceparent as Traceparent,
        store as Store, object_url as ObjectUrl, file_size as FileSize, sha256 as Sha256, taken_up_at as TakenUpAt,
        finished_at as FinishedAt, started_announced_at as StartedAnnouncedAt, outcome_announced_at as OutcomeAnnouncedAt,
        create_database_records as CreateDatabaseRecords, origin as Origin, peak as Peak, silent_channels as SilentChannels,
        split_from as SplitFrom, split_channel as SplitChannel, deleted_at_provider_at as DeletedAtProviderAt, note as Note,
        encryption_key_id as EncryptionKeyId,
        destination as Destination, created_at as CreatedAt
        """;

    public required Guid Id { get; init; }

    public required Guid RecordingId { get; init; }

    public required string Step { get; init; }

    public required string Status { get; init; }

    public required string Provider { get; init; }

    public required string CallId { get; init; }

    public required string RecordingType { get; init; }

    public required string RecordingSource { get; init; }

    public string? ProviderRecordingId { get; init; }

    public string? StreamId { get; init; }

    public string? AssistantId { get; init; }

    public string? Format { get; init; }

    public int? SampleRate { get; init; }

    public int? Channels { get; init; }

    public long? DurationMs { get; init; }

    public string? FilePath { get; init; }

    public DateTime? StartedAt { get; init; }

    public DateTime? EndedAt { get; init; }

    /// <summary>Which source knows how to fetch it.</summary>
    public required string SourceKind { get; init; }

    /// <summary>That source's own description of what to fetch, JSON.</summary>
    public required string SourceDetails { get; init; }

    public long? ExpectedSize { get; init; }

    public string? ExpectedSha256 { get; init; }

    /// <summary>Null only for a job that was dead from the start, because no safe key could be made.</summary>
    public string? ObjectKey { get; init; }

    public int Attempts { get; init; }

    public Guid? LeaseId { get; init; }

    public string? LastFailure { get; init; }

    public string? LastError { get; init; }

    public string? Traceparent { get; init; }

    public string? Store { get; init; }

    public string? ObjectUrl { get; init; }

    public long? FileSize { get; init; }

    public string? Sha256 { get; init; }

    /// <summary>When it was put on the table.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>When a worker first took it up.</summary>
    public DateTime? TakenUpAt { get; init; }

    public DateTime? FinishedAt { get; init; }

    public DateTime? StartedAnnouncedAt { get; init; }

    public DateTime? OutcomeAnnouncedAt { get; init; }

    /// <summary>False: the assistant asked for no row in the catalog; null counts as true.</summary>
    public bool? CreateDatabaseRecords { get; init; }

    /// <summary>The provider's word for what made the recording.</summary>
    public string? Origin { get; init; }

    /// <summary>The largest absolute sample value; null where the samples were not read.</summary>
    public int? Peak { get; init; }

    /// <summary>How many channels are silent throughout; null where the samples were not read.</summary>
    public int? SilentChannels { get; init; }

    /// <summary>The recording that this one is a channel of.</summary>
    public Guid? SplitFrom { get; init; }

    /// <summary>Which channel of <see cref="SplitFrom"/>, from 1.</summary>
    public int? SplitChannel { get; init; }

    /// <summary>When the provider confirmed that its own copy is gone.</summary>
    public DateTime? DeletedAtProviderAt { get; init; }

    /// <summary>Why a job that is done did nothing.</summary>
    public string? Note { get; init; }

    /// <summary>The key that the object is encrypted with, by its id; null where it is not.</summary>
    public string? EncryptionKeyId { get; init; }

    /// <summary>Whose queue it stands in.</summary>
    public string Destination { get; init; } = "";
}
