using Burqi.Simulator.Webhooks;

namespace Burqi.Simulator.Calls;

/// <summary>What goes wrong with a callback.</summary>
public enum CallbackFaultKind
{
    /// <summary>It is never sent.</summary>
    Missing,

    /// <summary>It is sent again, <see cref="CallbackFault.Times"/> times, with the same token and signature.</summary>
    Repeated,

    /// <summary>It is sent <see cref="CallbackFault.Delay"/> later; what follows does not wait for it.</summary>
    Late,

    /// <summary>It is sent after the next one about the same thing, or last of all when there is none.</summary>
    Reordered,

    /// <summary>It is sent, in place of the true one, with a signature that is wrong.</summary>
    BadlySigned,
}

/// <summary>A fault and the callbacks it strikes.</summary>
public sealed record CallbackFault
{
    /// <summary>What goes wrong.</summary>
    public required CallbackFaultKind Kind { get; init; }

    /// <summary>Strikes callbacks about this alone: <c>call</c>, <c>number</c>, <c>stream</c>, <c>recording</c>; null for all.</summary>
    public string? About { get; init; }

    /// <summary>Strikes this event alone: <c>completed</c>, <c>stream-started</c> …; null for all.</summary>
    public string? Event { get; init; }

    /// <summary>The probability that it strikes, drawn from the simulator's seed.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>Of <see cref="CallbackFaultKind.Repeated"/>: how many more times it is sent.</summary>
    public int Times { get; init; } = 1;

    /// <summary>Of <see cref="CallbackFaultKind.Late"/>: by how much, on the wall clock.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(1);

    internal bool Matches(Webhook webhook) =>
        (About is null || About == webhook.Kind) && (Event is null || Event == webhook.Event);
}
