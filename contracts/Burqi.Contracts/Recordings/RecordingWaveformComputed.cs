namespace Burqi.Contracts.Recordings;

/// <summary>The outline of an archived recording's audio, to be drawn without decoding it. Published by the archiver.</summary>
public sealed record RecordingWaveformComputed
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

    /// <summary>The assistant that took the call; null where none did.</summary>
    public string? AssistantId { get; init; }

    /// <summary>SHA-256 of the audio it was computed from, as 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>How long the audio is (ms).</summary>
    public required long DurationMs { get; init; }

    /// <summary>How many channels the audio has.</summary>
    public required int Channels { get; init; }

    /// <summary>Into how many stretches of equal length each channel is divided, at most 4000.</summary>
    public required int Points { get; init; }

    /// <summary>
    /// Base64 of <see cref="Channels"/> times <see cref="Points"/> bytes, one channel after the other: the greatest amplitude within each
    /// stretch, where 0 is silence and 255 full scale, linear.
    /// </summary>
    public required string Peaks { get; init; }

    /// <summary>When it was computed (UTC).</summary>
    public required DateTimeOffset ComputedAt { get; init; }
}
