using Burqi.Contracts.Recordings;
using Burqi.Media.Spool;

namespace Burqi.Media.Cleanup;

/// <summary>
/// Removes recordings' files from the folder. The manifest stays and says so: neither this node nor a later start of it finishes, announces
/// or looks for what is gone. A crash in between leaves a file that is gone and not yet said to be, and the next removal says it.
/// </summary>
internal sealed class LocalFiles(ManifestStore store, ManifestEditor editor, TimeProvider time)
{
    /// <summary>Whether the call has a stream whose files are not finished: then none of its files is touched.</summary>
    public bool IsLive(RecordingManifest manifest) =>
        store.OfCall(manifest.Location).Any(other => other.State is ManifestStates.Recording or ManifestStates.Captured);

    /// <summary>
    /// What goes with a recording, of what is there: its own file and the WAV that it was made from, and with the last one of its stream all
    /// tracks. Where another one failed, the tracks are all that is left of it: they stay until it is removed as well, and only who wants a recording
    /// gone, archived or not, takes its own.
    /// </summary>
    public IReadOnlyList<string> FilesOf(RecordingManifest manifest, ManifestRecording recording, string because)
    {
        var others = manifest.Recordings.Where(r => r.RecordingId != recording.RecordingId).ToArray();
        var areAllGone = others.All(r => r.RemovedAt is not null || (r.Failure is not null && because != RemovalReasons.Archived));
        IEnumerable<string> files = [recording.File];
        if (because != RemovalReasons.Archived || others.All(r => r.Failure is null))
        {
            files = files.Append(manifest.Location.AudioName(recording.RecordingType));
        }

        if (areAllGone)
        {
            files = files.Concat(
                Sources(manifest).Except(others.Where(r => r.RemovedAt is null).SelectMany(r => SourcesOf(manifest, r)), StringComparer.Ordinal));
        }

        return
        [
            .. files.Except(others.Where(r => r.RemovedAt is null && r.Failure is null).Select(r => r.File), StringComparer.Ordinal)
                .Select(file => PathOf(manifest, file))
                .Where(File.Exists),
        ];
    }

    /// <summary>Whether the file, read once more, is what the manifest says of it: one that was changed since is not what the store holds.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Reading was given up.</exception>
    public bool IsUnchanged(RecordingManifest manifest, ManifestRecording recording, CancellationToken cancellationToken)
    {
        var path = PathOf(manifest, recording.File);
        return !File.Exists(path) || (Length(path) == recording.FileSize && FileMeasurement.Sha256Of(path, cancellationToken) == recording.Sha256);
    }

    /// <inheritdoc cref="Remove(string, IReadOnlyCollection{Removal})"/>
    /// <returns>How many bytes that freed; null where it may not be removed, or was already.</returns>
    public long? Remove(string manifestPath, Guid recordingId, string because) =>
        Remove(manifestPath, [new Removal(recordingId, because)]).TryGetValue(recordingId, out var freed) ? freed : null;

    /// <summary>Removes recordings' files and, with the last one of a stream, what they were made from.</summary>
    /// <returns>How many bytes that freed, of each that was removed: not of one that may not be, or was already.</returns>
    /// <exception cref="IOException">The disk refused.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public IReadOnlyDictionary<Guid, long> Remove(string manifestPath, IReadOnlyCollection<Removal> removals)
    {
        var freed = new Dictionary<Guid, long>();
        editor.Change(manifestPath, manifest =>
        {
            if (manifest.State is not (ManifestStates.Final or ManifestStates.Announced) || IsLive(manifest))
            {
                return null;
            }

            foreach (var removal in removals)
            {
                var recording = manifest.Recordings.FirstOrDefault(r => r.RecordingId == removal.RecordingId && r.RemovedAt is null);
                var known = recording is null || removal.Archived is null ? recording : recording with { Archived = removal.Archived };
                if (known is null || (removal.Because == RemovalReasons.Archived && !known.IsArchived))
                {
                    continue;
                }

                freed[removal.RecordingId] = Delete(FilesOf(manifest, recording!, removal.Because));
                manifest = manifest with
                {
                    Recordings = manifest.Recordings.Replace(recording!, known with { RemovedAt = time.GetUtcNow(), RemovedBecause = removal.Because }),
                };
            }

            // Nothing of the audio is left: neither is who spoke in it.
            return freed.Count == 0 ? null
                : manifest.Recordings.All(r => r.RemovedAt is not null) ? manifest with { State = ManifestStates.Removed, Tracks = [] }
                : manifest;
        });
        return freed;
    }

    /// <summary>All that recordings of the stream were made from.</summary>
    private static IEnumerable<string> Sources(RecordingManifest manifest) =>
        manifest.Tracks.Select(track => track.File).Concat(manifest.Recordings.Select(r => manifest.Location.AudioName(r.RecordingType)));

    /// <summary>What one was, or could still be, made from: a mix from all tracks.</summary>
    private static IEnumerable<string> SourcesOf(RecordingManifest manifest, ManifestRecording recording)
    {
        var own = manifest.Location.AudioName(recording.RecordingType);
        return recording.RecordingType == RecordingTypes.Mixed ? manifest.Tracks.Select(track => track.File).Append(own) : [own];
    }

    private static long Delete(IReadOnlyList<string> paths)
    {
        var freed = paths.Sum(Length);
        foreach (var path in paths)
        {
            File.Delete(path);
        }

        return freed;
    }

    private string PathOf(RecordingManifest manifest, string file) => manifest.Location.File(store.Root, file);

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}

/// <summary>That a recording's file is to go.</summary>
/// <param name="RecordingId">The recording.</param>
/// <param name="Because">One of <see cref="RemovalReasons"/>.</param>
/// <param name="Archived">Where it is known to lie, when its manifest does not know it.</param>
internal sealed record Removal(Guid RecordingId, string Because, ArchivedFacts? Archived = null);
