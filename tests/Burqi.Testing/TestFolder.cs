using System.Globalization;

namespace Burqi.Testing;

/// <summary>
/// Folders for one test process, below the system's temporary folder and removed when the process ends. What an earlier process left that
/// was killed is removed at the first use. Paths are short: a Unix socket's may have no more than 107 characters.
/// </summary>
public static class TestFolder
{
    private const string Prefix = "burqi-t-";

    private static readonly Lazy<(string Path, FileStream Held)> Root = new(MakeRoot);
    private static int made;

    /// <summary>A new, empty folder.</summary>
    public static string Create(string name)
    {
        var path = Path.Combine(Root.Value.Path, string.Create(CultureInfo.InvariantCulture, $"{name}{Interlocked.Increment(ref made)}"));
        Directory.CreateDirectory(path);
        return path;
    }

    internal static void Remove()
    {
        if (!Root.IsValueCreated)
        {
            return;
        }

        Root.Value.Held.Dispose();
        RemoveWhole(Root.Value.Path);
    }

    private static (string Path, FileStream Held) MakeRoot()
    {
        RemoveLeftOvers();
        var path = Path.Combine(Path.GetTempPath(), Prefix + Guid.NewGuid().ToString("N")[..8]);
        Directory.CreateDirectory(path);
        SharedServers.RemoveAtExit();
        return (path, Hold(path));
    }

    private static FileStream Hold(string folder) => new(Path.Combine(folder, ".held"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static void RemoveLeftOvers()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            try
            {
                // A folder that is a moment old may belong to a process that has not held it yet.
                if (File.GetLastWriteTimeUtc(folder) < DateTime.UtcNow.AddMinutes(-1))
                {
                    Hold(folder).Dispose();
                    RemoveWhole(folder);
                }
            }
            catch (Exception inUse) when (inUse is IOException or UnauthorizedAccessException)
            {
                // Another test process's, or another user's.
            }
        }
    }

    /// <summary>A killed server's last process may still write a file into a folder that is being removed.</summary>
    private static void RemoveWhole(string folder)
    {
        for (var attempt = 0; Directory.Exists(folder); attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException) when (attempt < 50)
            {
                Thread.Sleep(20);
            }
        }
    }
}
