namespace Burqi.Hosting.Processes;

/// <summary>What to start as a child process, and how.</summary>
/// <param name="FileName">The program: an absolute path, or a name found on PATH.</param>
/// <param name="Arguments">Its arguments, passed on as they are; no shell reads them.</param>
public sealed record ChildProcessStart(string FileName, params IReadOnlyList<string> Arguments)
{
    /// <summary>Environment variables set over the inherited ones; a null value removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>Whether the child is given our environment (default), or PATH only: ours may hold keys it has no business with.</summary>
    public bool InheritEnvironment { get; init; } = true;

    /// <summary>The child's working folder. Default: <c>/</c>, which every user may enter.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>The user (and the group of that name) to run as; null runs as the user we are. Needs root.</summary>
    public string? User { get; init; }

    /// <summary>
    /// A folder that is opened before <see cref="User"/> takes over and that the child reaches as <see cref="ChildProcess.HandedOverFolder"/>,
    /// even below folders that user may not enter (such as <c>/root</c>). Null hands nothing over.
    /// </summary>
    public string? HandOver { get; init; }

    /// <summary>The signal the kernel sends the child when this process ends in any way, kill -9 included.</summary>
    public ChildSignal DeathSignal { get; init; } = ChildSignal.Kill;

    /// <summary>Called with every line the child writes to either stream, in the order they are read; must not throw.</summary>
    public Action<string>? OnLine { get; init; }
}
