using Burqi.Media.Announce;
using Burqi.Media.Content;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Media.Spool;

/// <summary>
/// Goes through the manifests once, when the process starts: finishes what an earlier process left unfinished, announces what it did not
/// get confirmed, and says again what it announced in the hour before it ended, since a bus that lives in the process may have lost it with
/// the process.
/// </summary>
internal sealed partial class SpoolRecovery(
    ManifestStore store,
    RecordingFinalizer finalizer,
    DiskLanes lanes,
    RecordingAnnouncer announcer,
    RecordingIndex index,
    MediaTelemetry telemetry,
    ILogger<SpoolRecovery> logger) : BackgroundService
{
    private static readonly TimeSpan Repeated = TimeSpan.FromHours(1);

    // The disk's work, on a thread of its own: the host starts meanwhile.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Factory.StartNew(() => Recover(stoppingToken), stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Recover(CancellationToken stoppingToken)
    {
        var recovered = 0;
        var announced = new List<(DateTimeOffset At, string Path)>();
        foreach (var path in store.Enumerate())
        {
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            try
            {
                recovered += Recover(path, announced) ? 1 : 0;
            }
            catch (Exception exception)
            {
                // One recording that cannot be finished now is left for the next start; the others are not made to wait for it.
                telemetry.Failed(FailureReason.Classify(exception), 1);
                Log.NotRecovered(logger, exception, Path.GetFileName(Path.GetDirectoryName(path)), Path.GetFileName(path));
            }
        }

        index.MarkComplete();
        RepeatLatest(announced);
        Log.RecoveryDone(logger, recovered);
    }

    // The hour before the last announcement, however long the process was away since.
    private void RepeatLatest(List<(DateTimeOffset At, string Path)> announced)
    {
        if (announced.Count == 0)
        {
            return;
        }

        var since = announced.Max(announcement => announcement.At) - Repeated;
        foreach (var (_, path) in announced.Where(announcement => announcement.At > since).OrderBy(announcement => announcement.At))
        {
            if (store.TryRead(path) is { } manifest)
            {
                announcer.Announce(manifest);
            }
        }
    }

    private bool Recover(string path, List<(DateTimeOffset At, string Path)> announced)
    {
        if (store.TryRead(path) is not { } manifest)
        {
            Log.ManifestUnreadable(logger, Path.GetFileName(Path.GetDirectoryName(path)), Path.GetFileName(path));
            return false;
        }

        switch (manifest.State)
        {
            case ManifestStates.Recording when manifest.Run == store.Run:
                return false;
            case ManifestStates.Recording:
                var captured = finalizer.Capture(manifest with { Recovered = true });
                Deliver(captured);
                Log.Recovered(logger, captured.CallId, captured.StreamId, captured.DurationMs ?? 0);
                return true;
            case ManifestStates.Captured when manifest.Run != store.Run:
                Deliver(manifest);
                return false;
            case ManifestStates.Final when manifest.Run != store.Run:
                finalizer.RemoveUndelivered(manifest);
                index.Add(manifest);
                announcer.Announce(manifest);
                return false;
            case ManifestStates.Announced when manifest.Run != store.Run:
                index.Add(manifest);
                if (manifest.AnnouncedAt is { } at)
                {
                    announced.Add((at, path));
                }

                return false;
            case ManifestStates.Removed:
                index.Add(manifest); // Whoever still asks for a file is told that it is gone for good.
                return false;
            default:
                // This process's own: it knows.
                return false;
        }
    }

    private void Deliver(RecordingManifest captured)
    {
        if (RecordingFinalizer.NeedsDeriving(captured))
        {
            // Minutes of encoding must not keep the recordings after it waiting.
            lanes.Deriving.Schedule(new Delivery(this, captured));
            return;
        }

        Finish(captured);
    }

    private void Finish(RecordingManifest captured)
    {
        var final = finalizer.Deliver(captured, lanes.Ending);
        index.Add(final);
        announcer.Announce(final);
    }

    private void FinishDerived(RecordingManifest captured)
    {
        try
        {
            Finish(captured);
        }
        catch (OperationCanceledException)
        {
            // The process is ending: the next one tries again.
        }
        catch (Exception exception)
        {
            telemetry.Failed(FailureReason.Classify(exception), 1);
            Log.NotRecovered(logger, exception, captured.CallId, captured.Location.ManifestName);
        }
    }

    private sealed class Delivery(SpoolRecovery recovery, RecordingManifest captured) : IDiskWork
    {
        public void Run() => recovery.FinishDerived(captured);
    }

    private static partial class Log
    {
        [LoggerMessage(3040, LogLevel.Warning, "Recording of call {CallId}, stream {StreamId}, was left unfinished and is recovered: {DurationMs} ms")]
        public static partial void Recovered(ILogger logger, string callId, string streamId, long durationMs);

        [LoggerMessage(3041, LogLevel.Error, "Recording of call {Call}, {Manifest}, could not be recovered; the next start tries again")]
        public static partial void NotRecovered(ILogger logger, Exception exception, string? call, string manifest);

        [LoggerMessage(3042, LogLevel.Error, "Manifest {Manifest} of call {Call} is not readable: its files are left as they are")]
        public static partial void ManifestUnreadable(ILogger logger, string? call, string manifest);

        [LoggerMessage(3043, LogLevel.Information, "Manifests read; {Recovered} recordings of an earlier process were recovered")]
        public static partial void RecoveryDone(ILogger logger, int recovered);
    }
}
