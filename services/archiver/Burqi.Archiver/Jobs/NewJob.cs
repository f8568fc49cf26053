using Burqi.Archiver.Stores;

namespace Burqi.Archiver.Jobs;

/// <summary>What is to be done with a recording, as a message or an earlier job asks for it.</summary>
internal sealed record NewJob
{
    public required Guid RecordingId { get; init; }

    /// <summary>One of <see cref="JobSteps"/>.</summary>
    public string Step { get; init; } = JobSteps.Archive;

    /// <summary>How long it has to wait at least.</summary>
    public TimeSpan DueIn { get; init; }

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

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>The provider's word for what made the recording.</summary>
    public string? Origin { get; init; }

    public required string SourceKind { get; init; }

    /// <summary>JSON.</summary>
    public required string SourceDetails { get; init; }

    /// <summary>
    /// Whose queue the job stands in: the host (and port) it is fetched from, or what else it depends on; by default <see cref="SourceKind"/>. One
    /// that does not answer is left alone with all its jobs, and so many workers at most are busy with one.
    /// </summary>
    public string? Destination { get; init; }

    /// <summary>When the source forgets the recording; null where it keeps it for good. What has little time left comes before its turn.</summary>
    public DateTimeOffset? SourceKeepsUntil { get; init; }

    public long? ExpectedSize { get; init; }

    public string? ExpectedSha256 { get; init; }

    /// <summary>Where the recording that something is to be done with lies; null for one that has yet to be stored.</summary>
    public string? Store { get; init; }

    /// <summary>Null when <see cref="Refusal"/> says why the recording cannot be archived at all.</summary>
    public ObjectKey? ObjectKey { get; init; }

    /// <summary>Why the job is dead from the start; null when it is sound.</summary>
    public string? Refusal { get; init; }

    public string? Traceparent { get; init; }

    /// <summary>False: the assistant asked for no row in the catalog; null counts as true.</summary>
    public bool? CreateDatabaseRecords { get; init; }

    /// <summary>The recording of which this one is a channel.</summary>
    public Guid? SplitFrom { get; init; }

    /// <summary>Which channel of <see cref="SplitFrom"/>, from 1.</summary>
    public int? SplitChannel { get; init; }
}
