namespace Burqi.Contracts.Recordings;

/// <summary>Somebody wants a call's live recordings paused, resumed or stopped. Published by catalog; ingress asks the provider, media its own.</summary>
public sealed record RecordingControlRequested
{
    /// <summary>The id of the request: a second message with the same id asks for nothing more.</summary>
    public required Guid ControlId { get; init; }

    /// <summary>Whose platform carried the call: one of <see cref="Providers"/>.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's id of the call.</summary>
    public required string CallId { get; init; }

    /// <summary>The provider's account the call belongs to; null where it is not known.</summary>
    public string? AccountId { get; init; }

    /// <summary>The assistant that took the call; null where none did.</summary>
    public string? AssistantId { get; init; }

    /// <summary>What is asked: <see cref="RecordingControls.Pause"/>, <see cref="RecordingControls.Resume"/> or <see cref="RecordingControls.Stop"/>.</summary>
    public required string Action { get; init; }

    /// <summary>When it was asked (UTC).</summary>
    public required DateTimeOffset RequestedAt { get; init; }
}
