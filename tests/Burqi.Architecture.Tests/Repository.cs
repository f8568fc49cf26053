namespace Burqi.Architecture.Tests;

/// <summary>The files of this repository as a developer sees them: build output, packages and recorded data left out.</summary>
internal static class Repository
{
    private static readonly HashSet<string> NotOurs = new(StringComparer.Ordinal)
    {
        ".git", ".vs", ".idea", "artifacts", "bin", "obj", "node_modules", "TestResults", "data", "recordings",
    };

    public static string Root { get; } = FindRoot();

    /// <summary>Every file with this ending, as a path relative to the root with forward slashes.</summary>
    public static IReadOnlyList<string> Files(string ending) =>
        Walk(Root).Select(Relative).Where(path => path.EndsWith(ending, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();

    /// <summary>The same, below one folder.</summary>
    public static IReadOnlyList<string> Files(string folder, string ending) =>
        Files(ending).Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal)).ToArray();

    public static string Read(string relativePath) => File.ReadAllText(Absolute(relativePath));

    public static string Absolute(string relativePath) => Path.GetFullPath(Path.Combine(Root, relativePath));

    public static bool Exists(string relativePath) => File.Exists(Absolute(relativePath)) || Directory.Exists(Absolute(relativePath));

    private static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder))
        {
            yield return file;
        }

        foreach (var child in Directory.EnumerateDirectories(folder).Where(child => !NotOurs.Contains(Path.GetFileName(child))))
        {
            foreach (var file in Walk(child))
            {
                yield return file;
            }
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Burqi.Services.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Burqi.Services.sln above {AppContext.BaseDirectory}: run these tests from a checkout.");
    }
}
