using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Burqi.Media.Spool;

/// <summary>
/// What is known of one stream's recordings, kept beside them from before their first sample to after their last announcement. It is the
/// outbox: what it does not call announced will be announced, by this process or by the next one.
/// </summary>
internal sealed record RecordingManifest
{
    public int Version { get; init; } = 1;

    /// <summary>One of <see cref="ManifestStates"/>.</summary>
    public required string State { get; init; }

    public required string Provider { get; init; }

    public required string CallId { get; init; }

    public required string StreamId { get; init; }

    public string? AccountId { get; init; }

    /// <summary>The number in the file names: seconds since 1970 of the start, or the next free ones.</summary>
    public required long Unix { get; init; }

    /// <summary>W3C trace context of the call.</summary>
    public string? TraceParent { get; init; }

    public required string Node { get; init; }

    /// <summary>The process that records: any other that finds an unfinished manifest knows that this one is gone.</summary>
    public required Guid Run { get; init; }

    public required int SampleRate { get; init; }

    /// <summary>The time of the timeline's first sample (UTC).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public long? DurationMs { get; init; }

    /// <summary>How the stream ended; null where the process ended first.</summary>
    public string? Ending { get; init; }

    /// <summary>True when another process than the recording one made the files final.</summary>
    public bool Recovered { get; init; }

    /// <summary>Messages that the sequence numbers say were sent and that never came; null where unknown.</summary>
    public long? MessagesLost { get; init; }

    /// <summary>Messages that could not be read or used; null where unknown.</summary>
    public long? MessagesRejected { get; init; }

    /// <summary>How often the provider's clock jumped and was set anew; null where unknown.</summary>
    public int? ClockJumps { get; init; }

    /// <summary>When everything was last announced and confirmed (UTC).</summary>
    public DateTimeOffset? AnnouncedAt { get; init; }

    public required ImmutableArray<ManifestRecording> Recordings { get; init; }

    /// <summary>True while no file of it exists: a recording that could not even be begun.</summary>
    [JsonIgnore]
    public bool InMemoryOnly { get; init; }

    [JsonIgnore]
    public SpoolLocation Location => new(CallId, Unix);
}

/// <summary>The values of a manifest's state.</summary>
internal static class ManifestStates
{
    public const string Recording = "recording";

    /// <summary>The files are whole, or the recordings have failed; not everybody has been told.</summary>
    public const string Final = "final";

    /// <summary>The bus confirmed every message.</summary>
    public const string Announced = "announced";
}

/// <summary>One file of a manifest.</summary>
internal sealed record ManifestRecording
{
    public required Guid RecordingId { get; init; }

    public required string RecordingType { get; init; }

    /// <summary>The file's name in the call's folder, without <c>.part</c>.</summary>
    public required string File { get; init; }

    public long? FileSize { get; init; }

    public string? Sha256 { get; init; }

    /// <summary>Why there is no usable recording; null where there is one.</summary>
    public string? Failure { get; init; }

    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>What the stream brought; null for the mix and where the process ended first.</summary>
    public TrackFacts? Facts { get; init; }
}

/// <summary>What a track's frames were like.</summary>
internal sealed record TrackFacts
{
    public required long FramesReceived { get; init; }

    public required long FramesLate { get; init; }

    public required long FramesStale { get; init; }

    public required long FramesDuplicated { get; init; }

    public long? FirstTimestampMs { get; init; }

    public long? LastTimestampMs { get; init; }

    /// <summary>Audio given up because the disk could not follow, in ms.</summary>
    public required double OverflowedMs { get; init; }

    public required long GapCount { get; init; }

    public required double GapMs { get; init; }

    /// <summary>The gaps, the latest thousand of them.</summary>
    public required ImmutableArray<GapFacts> Gaps { get; init; }
}

/// <summary>A stretch without audio, in ms on the call's timeline.</summary>
internal sealed record GapFacts(double StartMs, double DurationMs);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(RecordingManifest))]
internal sealed partial class ManifestJsonContext : JsonSerializerContext;
