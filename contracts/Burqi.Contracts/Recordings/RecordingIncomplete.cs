namespace Burqi.Contracts.Recordings;

/// <summary>An answered call has ended and a recording of it failed or is shorter than the call. Published by catalog; told again when the reason changes.</summary>
public sealed record RecordingIncomplete
{
    /// <summary>Whose platform carried the call: one of <see cref="Providers"/>.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's id of the call.</summary>
    public required string CallId { get; init; }

    /// <summary>The assistant that took the call; null where none did.</summary>
    public string? AssistantId { get; init; }

    /// <summary>The type whose recordings are the shortest: one of <see cref="RecordingTypes"/>.</summary>
    public required string RecordingType { get; init; }

    /// <summary>The call's length in ms; null where the provider gives none.</summary>
    public long? CallDurationMs { get; init; }

    /// <summary>How much of the call the recordings of that type cover, in ms.</summary>
    public required long RecordedMs { get; init; }

    /// <summary>What is wrong, in one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>When the call ended (UTC).</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>When it was noticed (UTC).</summary>
    public required DateTimeOffset DetectedAt { get; init; }
}
