namespace Burqi.Contracts.Calls;

/// <summary>A call reached its end. Published by ingress, and by the archiver for a call that it found by asking the provider; may come twice, and before <see cref="CallStarted"/>.</summary>
public sealed record CallEnded
{
    /// <summary>Whose platform carried the call: one of <see cref="Providers"/>.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's id of the call.</summary>
    public required string CallId { get; init; }

    /// <summary>How it ended: one of the final values of <see cref="CallStatuses"/>.</summary>
    public required string Status { get; init; }

    /// <summary>The call's length in ms as the provider counts it (Twilio: whole seconds); null where it gives none.</summary>
    public long? DurationMs { get; init; }

    /// <summary>When the call ended (UTC): the provider's time, or where it gives none the time we were told.</summary>
    public required DateTimeOffset EndedAt { get; init; }
}
