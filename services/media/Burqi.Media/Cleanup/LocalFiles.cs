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
    /// What goes with a recording, of what is there: its own file, and with the last one of its stream what they were made from. Tracks whose
    /// mix could not be made are all that is left of it: only who wants it gone whether archived or not removes them.
    /// </summary>
    public IReadOnlyList<string> FilesOf(RecordingManifest manifest, ManifestRecording recording, string because)
    {
        var others = manifest.Recordings.Where(r => r.RecordingId != recording.RecordingId).ToArray();
        IEnumerable<string> files = [recording.File];
        if (others.All(r => r.RemovedAt is not null || (r.Failure is not null && because != RemovalReasons.Archived)))
        {
            files = files
                .Concat(manifest.Tracks.Select(track => track.File))
                .Concat(manifest.Recordings.Select(r => manifest.Location.AudioName(r.RecordingType)));
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

    /// <summary>Removes a recording's file and, with the last one of its stream, what they were made from.</summary>
    /// <param name="manifestPath">Its manifest.</param>
    /// <param name="recordingId">The recording.</param>
    /// <param name="because">One of <see cref="RemovalReasons"/>.</param>
    /// <param name="archived">Where it is known to lie, when the manifest does not know it.</param>
    /// <returns>How many bytes that freed; null where it may not be removed, or was already.</returns>
    /// <exception cref="IOException">The disk refused.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public long? Remove(string manifestPath, Guid recordingId, string because, ArchivedFacts? archived = null)
    {
        long? freed = null;
        editor.Change(manifestPath, manifest =>
        {
            var recording = manifest.Recordings.FirstOrDefault(r => r.RecordingId == recordingId && r.RemovedAt is null);
            recording = recording is null || archived is null ? recording : recording with { Archived = archived };
            if (recording is null
                || manifest.State is not (ManifestStates.Final or ManifestStates.Announced)
                || (because == RemovalReasons.Archived && !recording.IsArchived)
                || IsLive(manifest))
            {
                return null;
            }

            freed = 0;
            foreach (var path in FilesOf(manifest, recording, because))
            {
                freed += Length(path);
                File.Delete(path);
            }

            var removed = recording with { RemovedAt = time.GetUtcNow(), RemovedBecause = because };
            var changed = manifest with { Recordings = [.. manifest.Recordings.Select(r => r.RecordingId == recordingId ? removed : r)] };

            // Nothing of the audio is left: neither is who spoke in it.
            return changed.Recordings.All(r => r.RemovedAt is not null) ? changed with { State = ManifestStates.Removed, Tracks = [] } : changed;
        });
        return freed;
    }

    private string PathOf(RecordingManifest manifest, string file) => manifest.Location.File(store.Root, file);

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
