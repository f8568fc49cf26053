using System.Text.RegularExpressions;
using Burqi.Contracts.Recordings;
using Burqi.Media.Spool;
using Microsoft.Extensions.Logging;

namespace Burqi.Media.Cleanup;

/// <summary>Writes into the manifest of a recording of this node that it lies in the store: from then on its file may be removed.</summary>
internal sealed partial class ArchiveNotes(ManifestStore store, ManifestEditor editor, ILogger<ArchiveNotes> logger)
{
    private long _taken;

    /// <summary>How many recordings were noted since the start: while it stands still, nothing more may be removed than could be before.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Takes the news of a recording; those of other nodes' and of a provider's own are none of ours.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public void Take(RecordingArchived archived)
    {
        // The path comes from a message: it names a folder of ours or nothing.
        if (archived.FilePath is not { } path || !RelativePath().IsMatch(path))
        {
            return;
        }

        var folder = Path.Combine(store.Root, Path.GetDirectoryName(path)!);
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var manifest in Directory.EnumerateFiles(folder, SpoolLocation.ManifestPattern))
        {
            editor.Change(manifest, stored => Note(stored, archived));
        }
    }

    private RecordingManifest? Note(RecordingManifest manifest, RecordingArchived archived)
    {
        var recording = manifest.Recordings.FirstOrDefault(r => r.RecordingId == archived.RecordingId);

        // It is told again when the object was moved; the later verification counts, whatever the order of the news.
        if (recording is null || recording.Archived?.ArchivedAt >= archived.ArchivedAt)
        {
            return null;
        }

        if (recording.Sha256 != archived.Sha256 || recording.FileSize != archived.FileSize)
        {
            Log.Different(logger, archived.RecordingId, archived.CallId);
            return null;
        }

        var noted = recording with
        {
            Archived = new ArchivedFacts { Sha256 = archived.Sha256, Store = archived.Store, ObjectKey = archived.ObjectKey, ArchivedAt = archived.ArchivedAt },
        };
        Interlocked.Increment(ref _taken);
        Log.Noted(logger, archived.RecordingId, archived.CallId, archived.Store);
        return manifest with { Recordings = manifest.Recordings.Replace(recording, noted) };
    }

    [GeneratedRegex("^([A-Za-z0-9_-]{1,128}/){1,5}[A-Za-z0-9_]{1,64}\\.[a-z0-9]{1,8}$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex RelativePath();

    private static partial class Log
    {
        [LoggerMessage(3360, LogLevel.Debug, "Recording {RecordingId} of call {CallId} lies in the {Store} store: its file here may be removed")]
        public static partial void Noted(ILogger logger, Guid recordingId, string callId, string store);

        [LoggerMessage(3361, LogLevel.Error, "What the store holds of recording {RecordingId} of call {CallId} is not the file that lies here: the file stays")]
        public static partial void Different(ILogger logger, Guid recordingId, string callId);
    }
}
