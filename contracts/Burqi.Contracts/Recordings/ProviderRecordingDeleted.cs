namespace Burqi.Contracts.Recordings;

/// <summary>A provider's own copy of a recording was deleted, after the copy in our store was verified once more. Published by the archiver.</summary>
public sealed record ProviderRecordingDeleted
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

    /// <summary>The provider's id of its own recording (Twilio's RecordingSid).</summary>
    public required string ProviderRecordingId { get; init; }

    /// <summary>The assistant that took the call; null where none did.</summary>
    public string? AssistantId { get; init; }

    /// <summary>The key of the verified copy in the store.</summary>
    public required string ObjectKey { get; init; }

    /// <summary>When the provider confirmed that its copy is gone (UTC).</summary>
    public required DateTimeOffset DeletedAt { get; init; }

    /// <summary>False when the assistant asked for no row in the catalog; null counts as true.</summary>
    public bool? CreateDatabaseRecords { get; init; }
}
