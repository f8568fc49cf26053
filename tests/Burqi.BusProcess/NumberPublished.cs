namespace Burqi.BusProcess;

/// <summary>A number to be consumed.</summary>
public sealed record NumberPublished
{
    /// <summary>The number.</summary>
    public required long Number { get; init; }
}
