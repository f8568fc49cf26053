namespace Burqi.Contracts.Calls;

/// <summary>A provider told us of a call that we are to record. Published by ingress, and by the archiver for a call that it found by asking the provider; may come twice, and after <see cref="CallEnded"/>.</summary>
public sealed record CallStarted
{
    /// <summary>Whose platform carries the call: one of <see cref="Providers"/>.</summary>
    public required string Provider { get; init; }

    /// <summary>The provider's id of the call.</summary>
    public required string CallId { get; init; }

    /// <summary>The provider's account the call belongs to; null where the provider names none.</summary>
    public string? AccountId { get; init; }

    /// <summary>The leg that created this one; null for a call's first leg.</summary>
    public string? ParentCallId { get; init; }

    /// <summary>The provider's word for the direction, such as <c>inbound</c>; null where it gives none.</summary>
    public string? Direction { get; init; }

    /// <summary>The calling party's address (E.164, <c>client:…</c>, <c>sip:…</c>). Personal data: never logged.</summary>
    public string? From { get; init; }

    /// <summary>The called party's address. Personal data: never logged.</summary>
    public string? To { get; init; }

    /// <summary>The assistant that takes the call; null where none does.</summary>
    public string? AssistantId { get; init; }

    /// <summary>When the provider first told us of the call (UTC).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>True when somebody else had answered the call, and talked to the caller, before the provider told us of it; null where that is not known.</summary>
    public bool? HandedOver { get; init; }
}
