namespace Burqi.Contracts.Recordings;

/// <summary>An answered call has ended and, some minutes later, nothing of it is recorded. Published by catalog; told again when the reason changes.</summary>
public sealed record RecordingMissing
{
    /// <summary>Whose platform carried the call: one of <see cref="Providers"/>.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's id of the call.</summary>
    public required string CallId { get; init; }

    /// <summary>The assistant that took the call; null where none did.</summary>
    public string? AssistantId { get; init; }

    /// <summary>The call's length in ms; null where the provider gives none.</summary>
    public long? CallDurationMs { get; init; }

    /// <summary>Why it is thought to be missing, in one sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>When the call ended (UTC).</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>When it was noticed (UTC).</summary>
    public required DateTimeOffset DetectedAt { get; init; }
}
