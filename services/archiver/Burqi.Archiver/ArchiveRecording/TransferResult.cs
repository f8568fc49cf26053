namespace Burqi.Archiver.ArchiveRecording;

/// <summary>What lies in the store, verified.</summary>
internal sealed record TransferResult
{
    public required string Format { get; init; }

    public required int SampleRate { get; init; }

    public required int Channels { get; init; }

    public long? DurationMs { get; init; }

    /// <summary>The largest absolute sample value, 0 to 32768; null where the samples were not read.</summary>
    public int? Peak { get; init; }

    /// <summary>How many of the channels are silent throughout; null where the samples were not read.</summary>
    public int? SilentChannels { get; init; }

    public required long FileSize { get; init; }

    public required string Sha256 { get; init; }

    public required string Store { get; init; }

    public required string ObjectUrl { get; init; }

    /// <summary>The key that the object is encrypted with, by its id; null where it is not.</summary>
    public string? EncryptionKeyId { get; init; }
}
