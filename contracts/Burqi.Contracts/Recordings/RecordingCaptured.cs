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
}
