namespace Burqi.Contracts.Transcripts;

/// <summary>A recording's speech is text and lies in the store. Published by the transcriber.</summary>
public sealed record TranscriptReady
{
    /// <summary>The recording whose speech it is.</summary>
    public required Guid RecordingId { get; init; }

    /// <summary>Whose platform carried the call: one of <see cref="Providers"/>.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's id of the call.</summary>
    public required string CallId { get; init; }

    /// <summary>The language spoken, a BCP 47 tag such as <c>en-US</c>; null where it is not known.</summary>
    public string? Language { get; init; }

    /// <summary>The transcript's key in the store.</summary>
    public required string ObjectKey { get; init; }

    /// <summary>When the transcript was finished (UTC).</summary>
    public required DateTimeOffset TranscribedAt { get; init; }
}
