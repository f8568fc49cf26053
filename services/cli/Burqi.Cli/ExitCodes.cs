namespace Burqi.Cli;

/// <summary>What the process's exit code tells a script.</summary>
internal static class ExitCodes
{
    /// <summary>Nothing is wrong, or all that was is repaired.</summary>
    public const int Good = 0;

    /// <summary>Something is wrong and still is.</summary>
    public const int Findings = 1;

    /// <summary>The command was not understood, or its path cannot be read.</summary>
    public const int Usage = 2;

    /// <summary>Ctrl-C: what was done is done whole, the rest is untouched.</summary>
    public const int Interrupted = 130;
}
