namespace Burqi.Contracts.Recordings;

/// <summary>What came of a <see cref="RecordingControlRequested"/> in one place. Published by ingress for the provider's recording, by media for its own.</summary>
public sealed record RecordingControlAnswered
{
    /// <summary>The id of the request.</summary>
    public required Guid ControlId { get; init; }

    /// <summary>Whose platform carried the call: one of <see cref="Providers"/>.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's id of the call.</summary>
    public required string CallId { get; init; }

    /// <summary>What was asked: <see cref="RecordingControls.Pause"/>, <see cref="RecordingControls.Resume"/> or <see cref="RecordingControls.Stop"/>.</summary>
    public required string Action { get; init; }

    /// <summary>Where: one of <see cref="RecordingScopes"/>.</summary>
    public required string Scope { get; init; }

    /// <summary>The media node or the provider that answers: two nodes may each hold a stream of the call.</summary>
    public required string Answerer { get; init; }

    /// <summary>Whether it was done.</summary>
    public required bool Applied { get; init; }

    /// <summary>Why it was not done, in one sentence; null when it was.</summary>
    public string? Reason { get; init; }

    /// <summary>When it took effect, or was found impossible (UTC).</summary>
    public required DateTimeOffset AnsweredAt { get; init; }
}
