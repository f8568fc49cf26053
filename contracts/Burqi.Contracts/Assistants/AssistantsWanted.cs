namespace Burqi.Contracts.Assistants;

/// <summary>A process that keeps assistants has started and asks for all of them to be told again. Published by ingress and media; catalog answers.</summary>
public sealed record AssistantsWanted
{
    /// <summary>Who asks: the process's node name. For the log.</summary>
    public required string Node { get; init; }

    /// <summary>When (UTC).</summary>
    public required DateTimeOffset WantedAt { get; init; }
}
