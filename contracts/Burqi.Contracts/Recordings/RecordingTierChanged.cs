namespace Burqi.Contracts.Recordings;

/// <summary>A recording's object lies in another tier of its store, or the store has no such tier. Published by the archiver.</summary>
public sealed record RecordingTierChanged
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

    /// <summary>Where it lies now: one of <see cref="StorageTiers"/>.</summary>
    public required string Tier { get; init; }

    /// <summary>Why it does not lie where it was asked to, in one sentence; null where it does.</summary>
    public string? Note { get; init; }

    /// <summary>When the store confirmed it (UTC).</summary>
    public required DateTimeOffset ChangedAt { get; init; }
}
