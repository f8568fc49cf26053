namespace Burqi.Contracts.Assistants;

/// <summary>An assistant was deleted. Published by catalog; said again to whoever asks, so that a late <see cref="AssistantSaved"/> does not revive it.</summary>
public sealed record AssistantDeleted
{
    /// <summary>The assistant's id.</summary>
    public required string AssistantId { get; init; }

    /// <summary>Grows with every change of any assistant, deletion included.</summary>
    public required long Version { get; init; }

    /// <summary>When it was deleted (UTC).</summary>
    public required DateTimeOffset DeletedAt { get; init; }
}
