namespace Burqi.Contracts.Recordings;

/// <summary>What <see cref="RecordingMissing"/> or <see cref="RecordingIncomplete"/> told of has arrived after all. Published by catalog.</summary>
public sealed record RecordingComplete
{
    /// <summary>Whose platform carried the call: one of <see cref="Providers"/>.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's id of the call.</summary>
    public required string CallId { get; init; }

    /// <summary>The assistant that took the call; null where none did.</summary>
    public string? AssistantId { get; init; }

    /// <summary>When the call ended (UTC).</summary>
    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>When it was noticed that nothing is missing any more (UTC).</summary>
    public required DateTimeOffset CompletedAt { get; init; }
}
