using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using Burqi.Media.Content;
using Burqi.Media.Spool;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Media.Announce;

/// <summary>
/// Tells the bus what the manifests say, one recording after the other, until the bus has confirmed it. Nobody waits for it: a bus that is
/// away costs a recording nothing but time, and what a process could not tell the next one reads from the manifests.
/// </summary>
internal sealed partial class RecordingAnnouncer(
    IPublishEndpoint bus,
    ContentUrls urls,
    ManifestStore store,
    ManifestEditor editor,
    MediaTelemetry telemetry,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<RecordingAnnouncer> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Channel<StreamKey> _due = Channel.CreateUnbounded<StreamKey>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<StreamKey, Announcement> _announcements = new();

    /// <summary>Asks for what the manifest says to be told; a newer state of the same recording takes the place of an older one.</summary>
    public void Announce(RecordingManifest manifest)
    {
        var stream = new StreamKey(manifest.CallId, manifest.StreamId);
        _announcements.AddOrUpdate(stream, _ => new Announcement(manifest), (_, announcement) => announcement.Renew(manifest));
        _due.Writer.TryWrite(stream);
    }

    /// <summary>Waits until nothing about this recording is left to tell.</summary>
    public Task WhenAnnouncedAsync(string callId, string streamId) =>
        _announcements.TryGetValue(new StreamKey(callId, streamId), out var announcement) ? announcement.Done : Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Content URLs need the bound address, and the bus its topology: both are there once the host has started.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(stoppingToken);

        var failures = 0;
        await foreach (var stream in _due.Reader.ReadAllAsync(stoppingToken))
        {
            if (!_announcements.TryGetValue(stream, out var announcement))
            {
                continue;
            }

            try
            {
                await TellAsync(announcement, stoppingToken);
                telemetry.Announced(confirmed: true);
                failures = 0;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Not confirmed, for whatever reason: it stays due. One pause for all, since what is away is the bus or the disk.
                telemetry.Announced(confirmed: false);
                failures++;
                var pause = Pause(failures);
                Log.NotAnnounced(logger, exception, stream.CallId, failures, pause);
                _due.Writer.TryWrite(stream);
                await Task.Delay(pause, time, stoppingToken);
            }
        }
    }

    private static TimeSpan Pause(int failures)
    {
        var pause = Math.Min(FirstPause.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 20)), LongestPause.TotalMilliseconds);

        // Nodes that lost the same broker must not all come back in the same moment.
        return TimeSpan.FromMilliseconds(pause * (0.75 + Random.Shared.NextDouble() / 2));
    }

    private async Task TellAsync(Announcement announcement, CancellationToken cancellationToken)
    {
        var (manifest, startTold) = announcement.Due;
        using var activity = ActivityContext.TryParse(manifest.TraceParent, null, isRemote: true, out var call)
            ? MediaTelemetry.Activities.StartActivity("media announce", ActivityKind.Producer, call)
            : MediaTelemetry.Activities.StartActivity("media announce", ActivityKind.Producer);
        activity?.SetTag("burqi.call_id", manifest.CallId);

        // Of a file that has been removed since, all was told, or nothing is to be.
        var recordings = manifest.Recordings.Where(r => r.RemovedAt is null).ToArray();
        if (!startTold)
        {
            await Task.WhenAll(recordings.Select(r => bus.Publish(RecordingMessages.Started(manifest, r), cancellationToken)));
            announcement.StartTold(manifest);
        }

        await Task.WhenAll(recordings.Select(r => TellOutcomeAsync(manifest, r, cancellationToken)));
        if (manifest.State == ManifestStates.Recording)
        {
            return;
        }

        if (!manifest.InMemoryOnly)
        {
            // What was noted of it meanwhile stays: that it is archived can be told before this is written.
            editor.Change(
                manifest.Location.Manifest(store.Root),
                stored => stored.State == ManifestStates.Removed ? null : stored with { State = ManifestStates.Announced, AnnouncedAt = time.GetUtcNow() });
        }

        _announcements.TryRemove(new StreamKey(manifest.CallId, manifest.StreamId), out _);
        announcement.Finish();
        Log.Announced(logger, manifest.CallId, manifest.StreamId);
    }

    private Task TellOutcomeAsync(RecordingManifest manifest, ManifestRecording recording, CancellationToken cancellationToken)
    {
        if (recording.Failure is not null)
        {
            return bus.Publish(RecordingMessages.Failed(manifest, recording), cancellationToken);
        }

        return manifest.State == ManifestStates.Recording
            ? Task.CompletedTask
            : bus.Publish(RecordingMessages.Captured(manifest, recording, urls.Create(recording.RecordingId)), cancellationToken);
    }

    private readonly record struct StreamKey(string CallId, string StreamId);

    /// <summary>What is due of one stream's recordings.</summary>
    private sealed class Announcement(RecordingManifest manifest)
    {
        private readonly Lock _gate = new();
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private RecordingManifest _manifest = manifest;
        private int _startsTold;

        public Task Done => _done.Task;

        public (RecordingManifest Manifest, bool StartTold) Due
        {
            get
            {
                lock (_gate)
                {
                    return (_manifest, _startsTold >= _manifest.Recordings.Length);
                }
            }
        }

        public Announcement Renew(RecordingManifest newer)
        {
            lock (_gate)
            {
                _manifest = newer;
            }

            return this;
        }

        public void StartTold(RecordingManifest told)
        {
            lock (_gate)
            {
                _startsTold = told.Recordings.Length;
            }
        }

        public void Finish() => _done.TrySetResult();
    }
}
