namespace Burqi.Contracts.Recordings;

/// <summary>A recording's object is to lie in another tier of its store. Published by catalog; the archiver does it.</summary>
public sealed record RecordingTierRequested
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

    /// <summary>Where it is to lie: one of <see cref="StorageTiers"/>.</summary>
    public required string Tier { get; init; }

    /// <summary>When it was decided (UTC).</summary>
    public required DateTimeOffset RequestedAt { get; init; }
}
