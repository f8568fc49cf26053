namespace Burqi.Contracts.Recordings;

/// <summary>A recording lies in the store, its size and checksum verified. Published by the archiver.</summary>
public sealed record RecordingArchived
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

    /// <summary>The audio's length in ms; null where the file does not tell.</summary>
    public long? DurationMs { get; init; }

    /// <summary>The object's size in bytes.</summary>
    public required long FileSize { get; init; }

    /// <summary>The object's SHA-256, 64 lower-case hexadecimal digits.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The store it lies in: <c>disk</c>, <c>s3</c> or <c>azure</c>.</summary>
    public required string Store { get; init; }

    /// <summary>The object's key in the store.</summary>
    public required string ObjectKey { get; init; }

    /// <summary>The object's URL: <c>s3://bucket/key</c>, <c>https://…</c> or <c>file:///…</c>. It grants nothing by itself.</summary>
    public required string ObjectUrl { get; init; }

    /// <summary>The file on the media node, relative to its recordings folder; null for a provider's recording.</summary>
    public string? FilePath { get; init; }

    /// <summary>The time of the first sample (UTC); null where it is not known.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The time after the last sample (UTC); null where it is not known.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When the stored object was verified (UTC).</summary>
    public required DateTimeOffset ArchivedAt { get; init; }

    /// <summary>False when the assistant asked for no row in the catalog; null counts as true.</summary>
    public bool? CreateDatabaseRecords { get; init; }

    /// <summary>The largest absolute sample value, 0 to 32768; null where the samples were not read.</summary>
    public int? Peak { get; init; }

    /// <summary>How many of the channels hold nothing but silence: no sample reaches 1/1000 of full scale; null where the samples were not read.</summary>
    public int? SilentChannels { get; init; }

    /// <summary>The provider's word for what made the recording, such as Twilio's <c>StartCallRecordingTwiML</c>; null where there is none.</summary>
    public string? Origin { get; init; }

    /// <summary>The recording of which this one is a channel; null for a recording that stands by itself.</summary>
    public Guid? SplitFrom { get; init; }

    /// <summary>The channel of <see cref="SplitFrom"/> that this is, counted from 1; null where it is none.</summary>
    public int? SplitChannel { get; init; }

    /// <summary>The key that the object is encrypted with, by its id; null where it lies there as it is. Size and checksum are always those of the audio.</summary>
    public string? EncryptionKeyId { get; init; }
}
