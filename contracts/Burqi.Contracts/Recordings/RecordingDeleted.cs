namespace Burqi.Contracts.Recordings;

/// <summary>A recording is deleted everywhere: in the store, on its media node and at the provider. Published by the archiver.</summary>
public sealed record RecordingDeleted
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

    /// <summary>The decision to delete it: whatever is asked and answered about it carries this id.</summary>
    public required Guid DeletionId { get; init; }

    /// <summary>What could not be deleted, in one sentence, such as a media node that is gone for good; null where nothing was left.</summary>
    public string? Note { get; init; }

    /// <summary>When the store confirmed that the object is gone (UTC).</summary>
    public required DateTimeOffset DeletedAt { get; init; }
}
