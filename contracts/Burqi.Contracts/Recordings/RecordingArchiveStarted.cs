namespace Burqi.Contracts.Recordings;

/// <summary>A recording is on its way to the store. Published by the archiver when it first takes the job up.</summary>
public sealed record RecordingArchiveStarted
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

    /// <summary>When the transfer began (UTC).</summary>
    public required DateTimeOffset ArchiveStartedAt { get; init; }

    /// <summary>False when the assistant asked for no row in the catalog; null counts as true.</summary>
    public bool? CreateDatabaseRecords { get; init; }
}
