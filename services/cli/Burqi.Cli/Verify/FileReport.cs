namespace Burqi.Cli.Verify;

/// <summary>What was found out about one audio file.</summary>
internal sealed record FileReport
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>Its length in ms; null where its header does not tell.</summary>
    public long? DurationMs { get; init; }

    /// <summary>The levels; null where the samples are not 16-bit linear.</summary>
    public Levels? Levels { get; init; }

    /// <summary>What is wrong, a sentence each.</summary>
    public required IReadOnlyList<string> Problems { get; init; }
}

/// <summary>How loud a file is.</summary>
/// <param name="PeakDbfs">The loudest sample in dB below full scale; negative infinity for digital silence.</param>
/// <param name="SilentShare">The share of it that is silent, 0 to 1.</param>
/// <param name="ClippedShare">The share of samples at the ends of the range, 0 to 1.</param>
internal sealed record Levels(double PeakDbfs, double SilentShare, double ClippedShare);
