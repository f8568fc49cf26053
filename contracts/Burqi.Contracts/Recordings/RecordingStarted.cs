namespace Burqi.Contracts.Recordings;

/// <summary>A recording has begun. Published by media for its own, by ingress for a provider's.</summary>
public sealed record RecordingStarted
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

    /// <summary>The container: <c>wav</c>, <c>mp3</c>, …; null where not yet known.</summary>
    public string? Format { get; init; }

    /// <summary>Samples per second and channel, in Hz; null where not yet known.</summary>
    public int? SampleRate { get; init; }

    /// <summary>How many channels: 1 or 2; null where not yet known.</summary>
    public int? Channels { get; init; }

    /// <summary>When the first sample was taken (UTC).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The provider's id of the participant whose voice it is, where the provider separates them. Personal data: never logged.</summary>
    public string? Participant { get; init; }

    /// <summary>False when the assistant asked for no row in the catalog; null counts as true.</summary>
    public bool? CreateDatabaseRecords { get; init; }
}
