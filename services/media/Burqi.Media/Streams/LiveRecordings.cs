using Burqi.Contracts.Recordings;
using Burqi.Media.Control;
using Burqi.Media.Spool;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Media.Streams;

/// <summary>
/// The recordings that are not complete, each with the socket that brings its audio, or for a while without one: a connection that breaks is
/// often followed by another one of the same call, and what that brings belongs to the same recording.
/// </summary>
internal sealed partial class LiveRecordings(RecordingServices services, CallControls controls, ILogger<LiveRecordings> logger)
    : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>A stream whose socket has been silent for so long may be taken over by another socket: a broken connection is not always told.</summary>
    private static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan BreakIsToldWithin = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>How long a stopping process waits for what it completes here.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<CallKey, List<Entry>> _calls = [];
    private int _waiting;
    private bool _stopping;

    /// <summary>How many recordings have no socket now and wait for another.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>
    /// Waits a moment where the call has a socket already that says nothing meanwhile: that its connection broke may be told only after the next
    /// one has come.
    /// </summary>
    public async ValueTask WaitForPlaceAsync(StreamStart start)
    {
        var since = services.Time.GetTimestamp();
        while (services.Time.GetElapsedTime(since) is var waited && waited < BreakIsToldWithin && IsTaken(start, waited))
        {
            await Task.Delay(LookInterval, services.Time);
        }
    }

    /// <summary>
    /// The recording that takes a stream's audio: a new one, or one of the same call that lost its socket. Null when the stream is being brought
    /// by another socket already.
    /// </summary>
    /// <param name="start">The stream.</param>
    /// <param name="session">Its socket.</param>
    /// <param name="traceParent">W3C trace context of the call.</param>
    /// <param name="arrivedAt">When the stream introduced itself, as a timestamp of this machine's clock.</param>
    public LiveRecording? Attach(StreamStart start, MediaStreamSession session, string? traceParent, long arrivedAt)
    {
        MediaStreamSession? dead = null;
        LiveRecording? recording = null;
        lock (_gate)
        {
            var call = new CallKey(start.Provider, start.CallId);
            if (!_calls.TryGetValue(call, out var entries))
            {
                entries = [];
                _calls.Add(call, entries);
            }

            if (FindOpen(entries, start) is { } open)
            {
                dead = open.Session;
                _waiting -= dead is null ? 1 : 0;
                open.Session = session;
                recording = open.Recording;
                recording.Resume(start, arrivedAt);
            }
            else if (entries.All(entry => entry.Session is null || entry.Recording.Start.StreamId != start.StreamId))
            {
                var startedAt = services.Time.GetUtcNow() - services.Time.GetElapsedTime(arrivedAt);
                recording = new LiveRecording(services, start, startedAt, traceParent, arrivedAt, controls.StateOf(call));
                entries.Add(new Entry(recording) { Session = session });
            }
        }

        // Outside: ending a session comes back here.
        dead?.Supersede();
        return recording;
    }

    /// <summary>
    /// The socket of a recording is gone, and by its ending so is the recording, or not yet.
    /// </summary>
    /// <returns>Whether the recording is complete.</returns>
    public bool Detach(LiveRecording recording, MediaStreamSession session, MediaStreamEnding ending)
    {
        lock (_gate)
        {
            var call = new CallKey(recording.Start.Provider, recording.Start.CallId);
            if (!_calls.TryGetValue(call, out var entries) || entries.Find(entry => entry.Recording == recording) is not { } entry || entry.Session != session)
            {
                // Another socket has taken over.
                return false;
            }

            entry.Session = null;
            if (MayComeBack(ending) && CanWait(recording))
            {
                entry.Ending = ending;
                entry.DetachedAt = services.Time.GetTimestamp();
                _waiting++;
            }
            else
            {
                Remove(call, entries, entry);
                recording.Complete(ending);
                return true;
            }
        }

        recording.Pause();
        Log.Waiting(logger, recording.Start.CallId, recording.Start.StreamId, ending, services.Options.ReconnectWindow);
        return false;
    }

    /// <summary>
    /// Does what somebody asked of a call's recordings, to those there are and to those that will be. A request that is known, or that comes
    /// after a later one, changes nothing.
    /// </summary>
    /// <returns>The answer where this node has recordings of the call; null where it has none, or has answered before.</returns>
    public RecordingControlAnswered? Control(RecordingControlRequested request)
    {
        lock (_gate)
        {
            var call = new CallKey(request.Provider, request.CallId);
            var entries = _calls.GetValueOrDefault(call)?.FindAll(entry => entry.Recording.Writer.Records) ?? [];
            var taken = controls.Take(request);
            if (taken == ControlNews.Current)
            {
                entries.ForEach(entry => Apply(request.Action, call, entry));
            }

            if (entries.Count == 0 || taken == ControlNews.Known)
            {
                return null;
            }

            Log.Controlled(logger, request.CallId, request.Action, entries.Count);
            return new()
            {
                ControlId = request.ControlId,
                Provider = request.Provider,
                CallId = request.CallId,
                Action = request.Action,
                Scope = RecordingScopes.Local,
                Answerer = services.Options.Node,
                Applied = taken == ControlNews.Current,
                Reason = taken == ControlNews.Current ? null : "What was asked after it has been done already.",
                AnsweredAt = services.Time.GetUtcNow(),
            };
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>No further socket will come. The bus goes soon: what is told now need not wait for the next start.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _stopping = true;
        }

        var completed = CompleteWaiting();
        try
        {
            await Task.WhenAll(completed.Select(FinishAsync)).WaitAsync(StopPatience, services.Time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            Log.StoppedUnfinished(logger, completed.Count);
        }
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Completes the recordings that have waited long enough.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, services.Time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            CompleteWaiting();
        }
    }

    private static async Task FinishAsync(LiveRecording recording)
    {
        await recording.Writer.Completion;
        await recording.Writer.WhenAnnouncedAsync();
    }

    /// <summary>Endings after which a provider may open another socket. A stream that was silent until it was given up is over.</summary>
    private static bool MayComeBack(MediaStreamEnding ending) =>
        ending is MediaStreamEnding.Closed or MediaStreamEnding.Aborted or MediaStreamEnding.Oversized or MediaStreamEnding.Malformed;

    private bool CanWait(LiveRecording recording) =>
        !_stopping && services.Options.ReconnectWindow > TimeSpan.Zero && !recording.Writer.HasFailed && !recording.Writer.Refused.IsCompleted;

    /// <summary>Whether the call has a socket that has said nothing for as long as this one waits.</summary>
    private bool IsTaken(StreamStart start, TimeSpan waited)
    {
        lock (_gate)
        {
            return _calls.TryGetValue(new CallKey(start.Provider, start.CallId), out var entries)
                && entries.Exists(entry => entry.Session is { } session && session.SilentFor() >= waited)
                && entries.TrueForAll(entry => entry.Session is not null);
        }
    }

    private Entry? FindOpen(List<Entry> entries, StreamStart start)
    {
        Entry? best = null;
        foreach (var entry in entries)
        {
            var known = entry.Recording.Start;
            var isSame = known.StreamId == start.StreamId;
            var isFree = entry.Session is not { } session
                || (isSame && start.MayComeAgain)
                || ((isSame || start.MayComeAgain) && session.SilentFor() >= DeadAfter);
            if (isFree
                && known.SampleRate == start.SampleRate
                && known.IsTwoWay == start.IsTwoWay
                && known.AssistantId == start.AssistantId
                && CanWait(entry.Recording)
                && (best is null || isSame))
            {
                best = entry;
            }
        }

        return best;
    }

    private List<LiveRecording> CompleteWaiting()
    {
        var completed = new List<LiveRecording>();
        if (Waiting == 0)
        {
            return completed;
        }

        lock (_gate)
        {
            foreach (var (call, entries) in _calls.ToArray())
            {
                foreach (var entry in entries.ToArray())
                {
                    if (entry.Session is null
                        && (!CanWait(entry.Recording) || services.Time.GetElapsedTime(entry.DetachedAt) >= services.Options.ReconnectWindow))
                    {
                        Remove(call, entries, entry);
                        _waiting--;
                        entry.Recording.Complete(entry.Ending);
                        completed.Add(entry.Recording);
                    }
                }
            }
        }

        return completed;
    }

    private void Apply(string action, CallKey call, Entry entry)
    {
        switch (action)
        {
            case RecordingControls.Pause:
                entry.Recording.Mute();
                break;
            case RecordingControls.Resume:
                entry.Recording.Unmute();
                break;
            default:
                // The socket goes on, and what it brings finds no recording; with another one of the call it is the same.
                _waiting -= entry.Session is null ? 1 : 0;
                Remove(call, _calls[call], entry);
                entry.Recording.Complete(MediaStreamEnding.Stop);
                break;
        }
    }

    private void Remove(CallKey call, List<Entry> entries, Entry entry)
    {
        entries.Remove(entry);
        if (entries.Count == 0)
        {
            _calls.Remove(call);
        }
    }

    private sealed class Entry(LiveRecording recording)
    {
        public LiveRecording Recording => recording;

        /// <summary>The socket that brings the audio; null while there is none.</summary>
        public MediaStreamSession? Session { get; set; }

        public MediaStreamEnding Ending { get; set; }

        public long DetachedAt { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(3300, LogLevel.Information, "Call {CallId}: {Action} was done to {Recordings} of its live recordings")]
        public static partial void Controlled(ILogger logger, string callId, string action, int recordings);

        [LoggerMessage(3110, LogLevel.Information, "The socket of stream {StreamId}, call {CallId}, is gone ({Ending}): its recording waits {Window} for another")]
        public static partial void Waiting(ILogger logger, string callId, string streamId, MediaStreamEnding ending, TimeSpan window);

        [LoggerMessage(3111, LogLevel.Warning, "Stopping: not all of {Recordings} recordings without a socket could be finished; the next start does")]
        public static partial void StoppedUnfinished(ILogger logger, int recordings);
    }
}
