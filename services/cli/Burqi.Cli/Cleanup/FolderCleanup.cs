using Burqi.Media.Cleanup;
using Burqi.Media.Spool;

namespace Burqi.Cli.Cleanup;

/// <summary>Decides of each recording of a folder whether its file may go, and removes it.</summary>
internal sealed class FolderCleanup(ManifestStore store, LocalFiles files, ArchiveQuestion? question, DateTimeOffset before)
{
    /// <summary>Whether what is not known to be archived goes as well.</summary>
    public bool Force { get; init; }

    /// <summary>Whether files are removed, or only counted.</summary>
    public bool Removes { get; init; }

    /// <summary>Goes through the recordings of one manifest.</summary>
    /// <exception cref="Api.ApiException">Burqi could not be asked.</exception>
    public async Task<IReadOnlyList<CleanupResult>> HandleAsync(string manifestPath, CancellationToken cancellationToken)
    {
        try
        {
            if (store.TryRead(manifestPath) is not { } manifest)
            {
                return [Kept("It is no manifest of this version: nothing of it is touched.")];
            }

            return manifest switch
            {
                { State: ManifestStates.Removed } => [],
                _ when (manifest.EndedAt ?? manifest.StartedAt) > before => [.. Left(manifest).Select(recording => new CleanupResult(CleanupOutcome.Young, PathOf(manifest, recording), 0, ""))],
                _ when files.IsLive(manifest) => [Kept("Its call is live, or waits for its media node to start again and finish it.")],
                _ => await HandleAsync(manifestPath, manifest, cancellationToken),
            };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [Kept($"It cannot be read or written: {exception.Message}")];
        }

        CleanupResult Kept(string why) => new(CleanupOutcome.Kept, Path.GetRelativePath(store.Root, manifestPath), 0, why);
    }

    private static IEnumerable<ManifestRecording> Left(RecordingManifest manifest) => manifest.Recordings.Where(recording => recording.RemovedAt is null);

    private async Task<IReadOnlyList<CleanupResult>> HandleAsync(string manifestPath, RecordingManifest manifest, CancellationToken cancellationToken)
    {
        var (results, removals) = (new OrderedDictionary<Guid, CleanupResult>(), new List<Removal>());
        var counted = new HashSet<string>(StringComparer.Ordinal);

        // What failed comes last: what is left of it goes, or stays, once the others are gone.
        foreach (var recording in Left(manifest).OrderBy(recording => recording.Failure is not null).ToArray())
        {
            var (archived, whyNot) = await FindAsync(manifest, recording, cancellationToken);
            var because = archived is not null ? RemovalReasons.Archived : RemovalReasons.Forced;
            var bytes = files.FilesOf(manifest, recording, because).Where(counted.Add).Sum(path => new FileInfo(path).Length);
            var hasNoFile = archived is null && bytes == 0 && recording.Failure is not null;
            if (archived is null && !Force)
            {
                if (!hasNoFile)
                {
                    results.Add(recording.RecordingId, new(CleanupOutcome.Kept, PathOf(manifest, recording), bytes, whyNot!));
                }

                continue;
            }

            if (hasNoFile && manifest.Recordings.All(other => other.RemovedAt is null))
            {
                continue; // Nothing was ever there of it.
            }

            // As the manifest is going to say, or would. What has no file is not told: it is only marked, where all others are.
            manifest = manifest with { Recordings = manifest.Recordings.Replace(recording, recording with { RemovedAt = before }) };
            removals.Add(new Removal(recording.RecordingId, because, archived));
            if (!hasNoFile)
            {
                results.Add(recording.RecordingId, archived is not null
                    ? new(CleanupOutcome.Archived, PathOf(manifest, recording), bytes, archived.Store is null ? "archived" : $"archived, in {archived.Store}")
                    : new(CleanupOutcome.Forced, PathOf(manifest, recording), bytes, whyNot!));
            }
        }

        if (Removes && removals.Count > 0)
        {
            var removed = files.Remove(manifestPath, removals);
            foreach (var removal in removals.Where(removal => !removed.ContainsKey(removal.RecordingId) && results.ContainsKey(removal.RecordingId)))
            {
                results[removal.RecordingId] = results[removal.RecordingId] with { Outcome = CleanupOutcome.Kept, Why = "It was changed while it was looked at." };
            }
        }

        return [.. results.Values];
    }

    private async Task<(ArchivedFacts? Archived, string? WhyNot)> FindAsync(RecordingManifest manifest, ManifestRecording recording, CancellationToken cancellationToken)
    {
        if (recording.Failure is not null)
        {
            return (null, $"It failed, and what is left of it lies nowhere else: {recording.Failure}");
        }

        var (archived, whyNot) = recording.IsArchived ? (recording.Archived, null)
            : question is not null ? await question.AskAsync(recording, cancellationToken)
            : (null, "It is not known to be archived.");

        // Read once more before it goes.
        return archived is not null && !files.IsUnchanged(manifest, recording, cancellationToken)
            ? (null, "Its file was changed since: it is not what was archived.")
            : (archived, whyNot);
    }

    private string PathOf(RecordingManifest manifest, ManifestRecording recording) => Path.GetRelativePath(store.Root, manifest.Location.File(store.Root, recording.File));
}
