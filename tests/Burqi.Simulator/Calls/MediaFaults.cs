namespace Burqi.Simulator.Calls;

/// <summary>
/// What goes wrong on a call's media sockets. Rates are probabilities per frame, drawn from the simulator's seed; times are call time from
/// the stream's start.
/// </summary>
public sealed record MediaFaults
{
    /// <summary>Frames sent twice, word for word.</summary>
    public double Duplicated { get; init; }

    /// <summary>Frames that arrive after their successor on the socket.</summary>
    public double Reordered { get; init; }

    /// <summary>Frames that never left: the timestamp jumps, sequence number and chunk do not.</summary>
    public double Lost { get; init; }

    /// <summary>Frames held back, each by up to <see cref="JitterUpTo"/>, while those behind them wait: a stall and then a burst.</summary>
    public double Jittered { get; init; }

    /// <summary>The longest time a jittered frame is held back.</summary>
    public TimeSpan JitterUpTo { get; init; } = TimeSpan.FromMilliseconds(240);

    /// <summary>Stretches of which no audio leaves at all.</summary>
    public IReadOnlyList<MediaGap> Gaps { get; init; } = [];

    /// <summary>Stretches whose audio arrives at once, whole and in order, when they are over.</summary>
    public IReadOnlyList<MediaStall> Stalls { get; init; } = [];

    /// <summary>The timestamp, in milliseconds, of the first inbound frame.</summary>
    public int InboundOffset { get; init; }

    /// <summary>The timestamp, in milliseconds, of the first outbound frame.</summary>
    public int OutboundOffset { get; init; }

    /// <summary>When the sockets die: no <c>stop</c>, no close.</summary>
    public TimeSpan? DiesAt { get; init; }

    /// <summary>Whether the connection stays open after <c>stop</c>, as it does through some proxies, until the simulator goes.</summary>
    public bool NeverCloses { get; init; }
}

/// <summary>Audio that never left.</summary>
/// <param name="At">From when.</param>
/// <param name="For">How long.</param>
/// <param name="Track"><c>inbound</c> or <c>outbound</c>; null for both.</param>
public sealed record MediaGap(TimeSpan At, TimeSpan For, string? Track = null);

/// <summary>A stretch in which nothing is delivered.</summary>
/// <param name="At">From when.</param>
/// <param name="For">How long.</param>
public sealed record MediaStall(TimeSpan At, TimeSpan For);
