namespace Burqi.Catalog.Completeness;

/// <summary>What is known of a call when it is looked at.</summary>
internal sealed record JudgedCall
{
    public required string CallId { get; init; }

    public required string Status { get; init; }

    public string? ParentCallId { get; init; }

    public string? AssistantId { get; init; }

    public long? DurationMs { get; init; }

    /// <summary>When the call came to us that had been answered elsewhere; null: it was ours from the beginning, or nobody said.</summary>
    public DateTime? HandedOverAt { get; init; }

    public DateTime? EndedAt { get; init; }

    /// <summary>When something new was last told of it.</summary>
    public required DateTime UpdatedAt { get; init; }

    /// <summary>The time of the look, by the clock that made <see cref="UpdatedAt"/>.</summary>
    public required DateTime Now { get; init; }

    /// <summary>What the look before found: one of <see cref="CompletenessStates"/>.</summary>
    public required string Completeness { get; init; }

    public string? CompletenessReason { get; init; }

    /// <summary>Whether the assistant's settings had its calls recorded when this one began; null: no assistant, or an unknown one.</summary>
    public bool? IsRecorded { get; init; }

    /// <summary>Whether they had the recordings listed here; null as above.</summary>
    public bool? IsListed { get; init; }

    /// <summary>When our own recording was stopped on purpose.</summary>
    public DateTime? LocalStoppedAt { get; init; }

    /// <summary>When the provider's recording was stopped on purpose.</summary>
    public DateTime? ProviderStoppedAt { get; init; }
}
