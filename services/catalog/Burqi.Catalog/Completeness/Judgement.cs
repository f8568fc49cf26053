namespace Burqi.Catalog.Completeness;

/// <summary>What came of a look at a call.</summary>
internal sealed record Judgement
{
    /// <summary>One of <see cref="CompletenessStates"/>; null: nothing can be said yet, and what was said before stands.</summary>
    public string? State { get; init; }

    /// <summary>What is wrong, or why nothing is expected, in one sentence; null where all is as it should be.</summary>
    public string? Reason { get; init; }

    /// <summary>Of an incomplete call the type whose recordings are the shortest.</summary>
    public string? RecordingType { get; init; }

    /// <summary>How much of the call the recordings of that type hold.</summary>
    public long? RecordedMs { get; init; }

    /// <summary>When time alone may change the judgement; null: not before something is told.</summary>
    public DateTime? LookAgainAt { get; init; }

    public static Judgement Nothing { get; } = new();

    public static Judgement Later(DateTime at) => new() { LookAgainAt = at };

    public static Judgement Complete(string? reason = null) => new() { State = CompletenessStates.Complete, Reason = reason };

    public static Judgement Missing(string reason) => new() { State = CompletenessStates.Missing, Reason = reason };
}
