using Burqi.Media.Spool;

namespace Burqi.Media.Content;

/// <summary>Which file a recording's id stands for. Filled from the manifests, so a request never names a path.</summary>
internal sealed class RecordingIndex(ManifestStore store)
{
    /// <summary>
    /// About 60 MB. Files are fetched within minutes and kept for as long as the operator likes: of more than this, those of the oldest
    /// calls are not served.
    /// </summary>
    private const int Capacity = 200_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, IndexedFile> _files = [];
    private readonly PriorityQueue<Guid, long> _oldestFirst = new();

    /// <summary>Whether the manifests of earlier runs have been read.</summary>
    public bool IsComplete { get; private set; }

    public void MarkComplete() => IsComplete = true;

    public void Add(RecordingManifest manifest)
    {
        var location = manifest.Location;
        foreach (var recording in manifest.Recordings)
        {
            if (recording is { Sha256: { } sha256, FileSize: not null })
            {
                Add(recording.RecordingId, new IndexedFile(location.File(store.Root, recording.File), manifest.Unix, sha256, recording.Format), manifest.Unix);
            }
        }
    }

    public IndexedFile? Find(Guid recordingId)
    {
        lock (_gate)
        {
            return _files.GetValueOrDefault(recordingId);
        }
    }

    private void Add(Guid id, IndexedFile file, long unix)
    {
        lock (_gate)
        {
            if (!_files.TryAdd(id, file))
            {
                _files[id] = file;
                return;
            }

            _oldestFirst.Enqueue(id, unix);
            if (_files.Count > Capacity)
            {
                _files.Remove(_oldestFirst.Dequeue());
            }
        }
    }
}

/// <summary>A finished file, which may have been removed since.</summary>
internal sealed record IndexedFile(string Path, long Unix, string Sha256, string Format)
{
    /// <summary>The manifest beside it.</summary>
    public string ManifestPath => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, SpoolLocation.NameOfManifest(Unix));
}
