namespace Burqi.Contracts.Access;

/// <summary>A process that keeps API keys has started and asks for all of them to be told again. Published by archiver; catalog answers.</summary>
public sealed record ApiKeysWanted
{
    /// <summary>Who asks: the process's node name. For the log.</summary>
    public required string Node { get; init; }

    /// <summary>When (UTC).</summary>
    public required DateTimeOffset WantedAt { get; init; }
}
