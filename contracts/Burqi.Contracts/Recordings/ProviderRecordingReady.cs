namespace Burqi.Contracts.Recordings;

/// <summary>A provider has finished a recording of its own and holds it for us to fetch. Published by ingress, and by the archiver for one that it found by asking the provider.</summary>
public sealed record ProviderRecordingReady
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

    /// <summary>The provider's account that holds the recording.</summary>
    public required string AccountId { get; init; }

    /// <summary>The length in ms as the provider counts it (Twilio: whole seconds); null where it gives none.</summary>
    public long? DurationMs { get; init; }

    /// <summary>The provider's word for what made the recording, such as Twilio's <c>StartCallRecordingTwiML</c>; null where it gives none.</summary>
    public string? Origin { get; init; }

    /// <summary>When the recording began (UTC); null where the provider does not say.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When we were told (UTC).</summary>
    public required DateTimeOffset ReadyAt { get; init; }

    /// <summary>False when the assistant asked for no row in the catalog; null counts as true.</summary>
    public bool? CreateDatabaseRecords { get; init; }

    /// <summary>False when the assistant asked for the file not to be archived; null counts as true.</summary>
    public bool? AutoSave { get; init; }

    /// <summary>Whose audio of the recorded leg it holds: <c>both</c>, <c>inbound</c> or <c>outbound</c>; null where the provider does not say.</summary>
    public string? Track { get; init; }

    /// <summary>True when the provider holds it encrypted with a key of the account's own; null counts as false.</summary>
    public bool? Encrypted { get; init; }

    /// <summary>
    /// Where the provider says that the file lies: an address of ACS (<c>contentLocation</c>), of a blob in the customer's container, or
    /// <c>s3://bucket/key</c> (LiveKit). Not trusted: whoever fetches it checks the host, the bucket and the key against its own settings.
    /// </summary>
    public string? ContentLocation { get; init; }

    /// <summary>Where the provider says that its copy is deleted (ACS's <c>deleteLocation</c>), trusted no more than <see cref="ContentLocation"/>.</summary>
    public string? DeleteLocation { get; init; }

    /// <summary>Which chunk of the provider's recording this is, from 0; null for a recording in one piece.</summary>
    public int? ChunkIndex { get; init; }

    /// <summary>The file's size in bytes, where the provider says it.</summary>
    public long? FileSize { get; init; }
}
