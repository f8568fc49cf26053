namespace Burqi.Cli.Cleanup;

/// <summary>What became of one recording in the folder.</summary>
/// <param name="Outcome">What was done, or would be.</param>
/// <param name="Path">Its file, or its manifest, relative to the folder.</param>
/// <param name="Bytes">What that frees, or, of what is kept, takes.</param>
/// <param name="Why">A sentence.</param>
internal sealed record CleanupResult(CleanupOutcome Outcome, string Path, long Bytes, string Why);

/// <summary>What can become of a recording.</summary>
internal enum CleanupOutcome
{
    /// <summary>It is not as old as was asked for.</summary>
    Young = 0,

    /// <summary>It lies in the store: its file goes.</summary>
    Archived,

    /// <summary>It goes although nothing says that it lies in the store.</summary>
    Forced,

    /// <summary>It is old enough, and stays.</summary>
    Kept,
}
