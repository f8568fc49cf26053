namespace Burqi.Contracts.Recordings;

/// <summary>A recording of ours is whole and final on the disk of the media node that made it. Published by media.</summary>
public sealed record RecordingCaptured
{
    /// <summary>The recording's id: the UUIDv5 of (provider, call id, the provider's recording or stream id, recording type).</summary>
    public required Guid RecordingId { get; init; }

    /// <summary>Whose platform carried the call: one of <see cref="Providers"/>.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's id of the call.</summary>
    public required string CallId { get; init; }

    /// <summary>What the recording holds: one of <see cref="RecordingTypes"/>.</summary>
    public required string RecordingType { get; init; }

    /// <summary>Who made it: one of <see cref="RecordingSources"/>.</summary>
    public required string RecordingSource { get; init; }

    /// <summary>The provider's id of its own recording (Twilio's RecordingSid); null for a recording of ours.</summary>
    public string? ProviderRecordingId { get; init; }

    /// <summary>The provider's id of the media stream it was captured from (Twilio's StreamSid); null for a provider's recording.</summary>
    public string? StreamId { get; init; }

    /// <summary>The assistant that took the call; null where none did.</summary>
    public string? AssistantId { get; init; }

    /// <summary>The container: <c>wav</c>, <c>mp3</c>, ….</summary>
    public required string Format { get; init; }

    /// <summary>Samples per second and channel, in Hz.</summary>
    public required int SampleRate { get; init; }

    /// <summary>How many channels: 1 or 2.</summary>
    public required int Channels { get; init; }

    /// <summary>The audio's length in ms.</summary>
    public required long DurationMs { get; init; }

    /// <summary>The file's size in bytes.</summary>
    public required long FileSize { get; init; }

    /// <summary>The file's SHA-256, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The file, relative to the node's recordings folder, with forward slashes.</summary>
    public required string FilePath { get; init; }

    /// <summary>Where the archiver fetches the file: an absolute, signed URL of the node that holds it; ranges are served.</summary>
    public required string ContentUrl { get; init; }

    /// <summary>The media node that holds the file.</summary>
    public required string MediaNode { get; init; }

    /// <summary>True when the capture ended with the process and the file was repaired on its next start.</summary>
    public required bool Recovered { get; init; }

    /// <summary>The time of the first sample (UTC).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The time after the last sample (UTC).</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>The provider's id of the participant whose voice it is, where the provider separates them. Personal data: never logged.</summary>
    public string? Participant { get; init; }

    /// <summary>False when the assistant asked for no row in the catalog; null counts as true.</summary>
    public bool? CreateDatabaseRecords { get; init; }

    /// <summary>False when the assistant asked for the file to stay on the media node and not be archived; null counts as true.</summary>
    public bool? AutoSave { get; init; }

    /// <summary>Frames that were placed on the timeline; this and every further fact is null where it is not known.</summary>
    public long? FramesReceived { get; init; }

    /// <summary>Messages of the stream that the provider numbered and that never came, whatever they held.</summary>
    public long? FramesLost { get; init; }

    /// <summary>Frames that came after a later one, whether or not they still found their place.</summary>
    public long? FramesLate { get; init; }

    /// <summary>Frames that came twice; the second was dropped.</summary>
    public long? FramesDuplicated { get; init; }

    /// <summary>How many stretches of the call no frame covered.</summary>
    public long? GapCount { get; init; }

    /// <summary>The length of those stretches together, in ms.</summary>
    public long? GapMs { get; init; }

    /// <summary>Audio that came in frames, in ms: as much as <see cref="DurationMs"/> when nothing was lost.</summary>
    public long? CoverageMs { get; init; }

    /// <summary>The provider's timestamp of the first frame, in ms on its own clock of the stream.</summary>
    public long? FirstTimestampMs { get; init; }

    /// <summary>The provider's timestamp of the last frame, in ms on its own clock of the stream.</summary>
    public long? LastTimestampMs { get; init; }

    /// <summary>The largest absolute sample value, 0 to 32768.</summary>
    public int? Peak { get; init; }

    /// <summary>The root of the mean square of all samples, in the samples' own unit, rounded.</summary>
    public int? Rms { get; init; }

    /// <summary>Samples at the very ends of the 16-bit range.</summary>
    public long? ClippedSamples { get; init; }

    /// <summary>How much of the recording is silent, in ms: blocks of 20 ms whose peak stays below 1/1000 of full scale.</summary>
    public long? SilentMs { get; init; }

    /// <summary>How much of the recording is silence because it was paused, in ms.</summary>
    public long? PausedMs { get; init; }
}
