namespace Burqi.Media.Spool;

/// <summary>
/// Changes manifests that are no longer one thread's own: what the bus confirmed, what the store holds and what was removed are noted by
/// different hands, <c>burqi cleanup</c> beside the running node among them. Each reads, changes and writes while no other does.
/// </summary>
internal sealed class ManifestEditor(ManifestStore store, TimeProvider time) : IDisposable
{
    private const string FileName = ".manifests.lock";

    // Nobody holds it for longer than a manifest takes to write.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private readonly Lock _gate = new();
    private readonly ManualResetEvent _never = new(initialState: false);

    /// <summary>Changes the manifest at a path.</summary>
    /// <param name="path">The manifest's.</param>
    /// <param name="change">What it is to say; null: nothing else than it does. While it runs nobody else changes any manifest of the folder.</param>
    /// <returns>What the manifest says now; null where it was not changed, or is none of ours.</returns>
    /// <exception cref="IOException">The disk refused, or another process does not let go of the folder's manifests.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public RecordingManifest? Change(string path, Func<RecordingManifest, RecordingManifest?> change)
    {
        lock (_gate)
        {
            using var others = Hold();
            if (store.TryRead(path) is not { } manifest || change(manifest) is not { } changed)
            {
                return null;
            }

            store.Save(changed);
            return changed;
        }
    }

    public void Dispose() => _never.Dispose();

    private FileStream Hold()
    {
        var since = time.GetTimestamp();
        while (true)
        {
            try
            {
                // Opened for reading: a tool that root once started may have made it.
                return new FileStream(Path.Combine(store.Root, FileName), FileMode.OpenOrCreate, FileAccess.Read, FileShare.None, bufferSize: 1);
            }
            catch (IOException exception) when (exception is not DirectoryNotFoundException && time.GetElapsedTime(since) < Patience)
            {
                _never.WaitOne(Interval);
            }
        }
    }
}
