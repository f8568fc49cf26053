using Burqi.Media.Content;
using Burqi.Media.Spool;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Cleanup;

/// <summary>
/// Keeps the disk from filling up: above the high-water mark the files of archived recordings are removed, those of the oldest calls first,
/// until it is back at the low-water mark. What lies nowhere else is never removed; where nothing else is left, that is said loudly.
/// </summary>
internal sealed partial class DiskRelief(
    ManifestStore store,
    LocalFiles files,
    ArchiveNotes notes,
    RecordingIndex index,
    IDiskUse disk,
    MediaTelemetry telemetry,
    IOptions<MediaOptions> options,
    TimeProvider time,
    ILogger<DiskRelief> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private long _notesSeen = -1;
    private volatile string? _trouble;

    /// <summary>Why the disk stays too full, for the operator to read; null: it does not.</summary>
    public string? Trouble => _trouble;

    /// <summary>Looks at the disk once, and makes room where that is due.</summary>
    /// <exception cref="OperationCanceledException">The process is ending.</exception>
    public void Look(CancellationToken cancellationToken)
    {
        var (high, low) = (options.Value.HighWaterPercent, options.Value.LowWaterPercent);
        var (used, total) = disk.Read(store.Root);
        if (Percent(used, total) < high)
        {
            Relieved();
            return;
        }

        // Before the manifests have been read, what is live and what an earlier process left is not known.
        if (!index.IsComplete)
        {
            return;
        }

        var goal = used - (long)(total * low / 100);
        var noted = notes.Taken;
        if (noted != _notesSeen)
        {
            var (freed, isAll) = Free(goal, cancellationToken);
            used -= freed;

            // Once all that could be removed was, another look at the manifests finds something only when more is archived.
            _notesSeen = isAll ? noted : -1;
        }

        if (Percent(used, total) < high)
        {
            Relieved();
            return;
        }

        Stuck(Percent(used, total), high);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        telemetry.ObserveRelief(() => _trouble is not null);
        if (options.Value.HighWaterPercent <= 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                // Files are read and removed: a thread of its own, as for all that may wait for the disk.
                await Task.Factory.StartNew(() => Look(stoppingToken), stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.NotLooked(logger, exception);
            }
        }
    }

    private static double Percent(long used, long total) => total <= 0 ? 0 : 100.0 * used / total;

    /// <summary>Removes files until so much is freed; says how much was, and whether there is nothing left to remove.</summary>
    private (long Freed, bool IsAll) Free(long goal, CancellationToken cancellationToken)
    {
        var (freed, recordings, isAll) = (0L, 0, true);
        foreach (var (_, path) in Archived(cancellationToken).OrderBy(stream => stream.EndedAt))
        {
            if (freed >= goal)
            {
                isAll = false;
                break;
            }

            try
            {
                var removed = Remove(path, cancellationToken);
                freed += removed.Values.Sum();
                recordings += removed.Count;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                isAll = false;
                Log.NotRemoved(logger, exception, Path.GetFileName(Path.GetDirectoryName(path)));
            }
        }

        if (recordings > 0)
        {
            telemetry.Relieved(recordings, freed);
            Log.Freed(logger, recordings, freed / 1048576);
        }

        return (freed, isAll);
    }

    private List<(DateTimeOffset EndedAt, string Path)> Archived(CancellationToken cancellationToken)
    {
        var found = new List<(DateTimeOffset EndedAt, string Path)>();
        foreach (var path in store.Enumerate())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryRead(path) is { State: ManifestStates.Announced } manifest && manifest.Recordings.Any(r => r is { IsArchived: true, RemovedAt: null }))
            {
                found.Add((manifest.EndedAt ?? manifest.StartedAt, path));
            }
        }

        return found;
    }

    private IReadOnlyDictionary<Guid, long> Remove(string path, CancellationToken cancellationToken)
    {
        var removals = new List<Removal>();
        if (TryRead(path) is { } manifest && !files.IsLive(manifest))
        {
            foreach (var recording in manifest.Recordings.Where(r => r is { IsArchived: true, RemovedAt: null }))
            {
                if (files.IsUnchanged(manifest, recording, cancellationToken))
                {
                    removals.Add(new Removal(recording.RecordingId, RemovalReasons.Archived));
                }
                else
                {
                    Log.Changed(logger, manifest.CallId, recording.File);
                }
            }
        }

        return files.Remove(path, removals);
    }

    private RecordingManifest? TryRead(string path)
    {
        try
        {
            return store.TryRead(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // It went away meanwhile, or is none that this process may read: nothing of it is removed.
        }
    }

    private void Stuck(double percent, double high)
    {
        var isNew = _trouble is null;
        _trouble = FormattableString.Invariant(
            $"The disk of the recordings folder is {percent:0.#} % full (BURQI_RECORDINGS_HIGH_WATER_PERCENT is {high:0.#}), and holds no archived file that could be removed.");
        if (isNew)
        {
            Log.Stuck(logger, percent, high);
        }
    }

    private void Relieved()
    {
        if (_trouble is not null)
        {
            _trouble = null;
            Log.Relieved(logger);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3362, LogLevel.Information, "The disk was above its high-water mark: the files of {Recordings} archived recordings were removed, {Mebibytes} MiB")]
        public static partial void Freed(ILogger logger, int recordings, long mebibytes);

        [LoggerMessage(3363, LogLevel.Error, "The disk of the recordings folder is {Percent:0.#} % full, above {High:0.#} %, and holds no archived file that could be removed: without room no call will be recorded")]
        public static partial void Stuck(ILogger logger, double percent, double high);

        [LoggerMessage(3364, LogLevel.Information, "The disk of the recordings folder is below its high-water mark again")]
        public static partial void Relieved(ILogger logger);

        [LoggerMessage(3365, LogLevel.Error, "File {File} of call {CallId} was changed since it was recorded: it is not what was archived, and stays")]
        public static partial void Changed(ILogger logger, string callId, string file);

        [LoggerMessage(3366, LogLevel.Warning, "Files of call {Call} could not be removed to make room")]
        public static partial void NotRemoved(ILogger logger, Exception exception, string? call);

        [LoggerMessage(3367, LogLevel.Warning, "The disk of the recordings folder could not be looked at")]
        public static partial void NotLooked(ILogger logger, Exception exception);
    }
}
