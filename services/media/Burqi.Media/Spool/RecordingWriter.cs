using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using Burqi.Contracts.Recordings;
using Burqi.Media.Announce;
using Burqi.Media.Audio;
using Burqi.Media.Content;
using Burqi.Media.Streams;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Burqi.Media.Spool;

/// <summary>
/// The disk's side of one live recording: opens its files, writes blocks as they come, and makes the files final. Runs on the disk's
/// threads, on one at a time; whatever the disk does, the socket's side goes on.
/// </summary>
internal sealed partial class RecordingWriter : IDiskWork
{
    private const int Idle = 0;
    private const int Due = 1;
    private const int Running = 2;

    private readonly RecordingServices _services;
    private readonly PcmBlockQueue _queue;
    private readonly StreamStart _start;
    private readonly ImmutableArray<RecordedTrack> _announced;
    private readonly SafeFileHandle?[] _files = new SafeFileHandle?[TrackRoles.MaxTracks];
    private readonly ConcurrentQueue<string> _furtherStreams = new();
    private readonly ConcurrentQueue<ImmutableArray<PauseFacts>?> _pauses = new();
    private readonly bool _records;
    private readonly int _headerLength;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RecordingManifest _manifest;
    private RecordingFacts? _facts;
    private string? _failure;
    private bool _opened;
    private bool _closed;
    private int _state = Idle;
    private long _handedOver;
    private long _endedAt;

    /// <summary>Begins a recording; nothing touches the disk before the first <see cref="Schedule"/>.</summary>
    /// <param name="services">What every writer works with.</param>
    /// <param name="start">The stream that begins the recording.</param>
    /// <param name="queue">Where the blocks come from.</param>
    /// <param name="startedAt">The time of the timeline's first sample (UTC).</param>
    /// <param name="traceParent">W3C trace context of the call.</param>
    /// <param name="announced">The tracks that are known to come.</param>
    /// <param name="isStopped">Nothing of the call is recorded any more.</param>
    public RecordingWriter(
        RecordingServices services,
        StreamStart start,
        PcmBlockQueue queue,
        DateTimeOffset startedAt,
        string? traceParent,
        ImmutableArray<RecordedTrack> announced,
        bool isStopped = false)
    {
        _services = services;
        _queue = queue;
        _start = start;
        _announced = announced;
        _manifest = new RecordingManifest
        {
            State = ManifestStates.Recording,
            Provider = start.Provider,
            CallId = start.CallId,
            StreamId = start.StreamId,
            StreamIds = [start.StreamId],
            AccountId = start.AccountId,
            AssistantId = start.AssistantId,
            Settings = RecordingSettings.Of(start.Assistant),
            TwoWay = start.IsTwoWay,
            Unix = startedAt.ToUnixTimeSeconds(),
            TraceParent = traceParent,
            Node = services.Options.Node,
            Run = services.Store.Run,
            SampleRate = start.SampleRate,
            StartedAt = startedAt,
            Tracks = [],
            Recordings = [],
            InMemoryOnly = true,
        };
        _headerLength = RecordingFinalizer.TrackHeaderLength(services.Options, start.SampleRate);
        _records = !isStopped && RecordingPlan.Records(_manifest.Settings);
    }

    /// <summary>Done when the files are final, or as final as the disk let them be.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Done when this stream turns out to be recorded already: nothing is written or announced for it.</summary>
    public Task Refused => _refused.Task;

    /// <summary>Whether anything of the stream is recorded.</summary>
    public bool Records => _records;

    /// <summary>Whether nothing more of it will reach a file.</summary>
    public bool HasFailed => Volatile.Read(ref _failure) is not null;

    /// <summary>Done when the bus has been told how it ended.</summary>
    public Task WhenAnnouncedAsync() => _services.Announcer.WhenAnnouncedAsync(_manifest.CallId, _manifest.StreamId);

    /// <summary>Says that there is something to do. Never blocks.</summary>
    public void Schedule()
    {
        Interlocked.CompareExchange(ref _handedOver, _services.Time.GetTimestamp(), 0);
        if (Interlocked.Or(ref _state, Due) == Idle)
        {
            _services.Lanes.Flushing.Schedule(this);
        }
    }

    /// <summary>Notes that a further socket brings the audio from here on.</summary>
    public void AddStream(string streamId)
    {
        _furtherStreams.Enqueue(streamId);
        Schedule();
    }

    /// <summary>Notes where recording was paused so far: a process that comes after this one is to know it.</summary>
    public void Note(ImmutableArray<PauseFacts>? pauses)
    {
        _pauses.Enqueue(pauses);
        Schedule();
    }

    /// <summary>Says that nothing more will come.</summary>
    public void Complete(RecordingFacts facts)
    {
        _endedAt = _services.Time.GetTimestamp();
        Volatile.Write(ref _facts, facts);
        Schedule();
    }

    public void Run()
    {
        do
        {
            Interlocked.Exchange(ref _state, Running);
            try
            {
                DoWork();
            }
            catch (Exception exception)
            {
                // Whatever went wrong is this recording's trouble, never that of the thread all recordings share.
                Fail(exception);
            }
        }
        while (Interlocked.CompareExchange(ref _state, Idle, Running) != Running);
    }

    private void DoWork()
    {
        // Read before the queue is: what was enqueued before the end was declared is then seen below.
        var facts = Volatile.Read(ref _facts);
        var since = Interlocked.Exchange(ref _handedOver, 0);
        if (!_opened && _records)
        {
            _opened = true;
            Open();
        }

        NoteStreams();
        NotePauses();
        long bytes = 0;
        while (_queue.TryDequeue() is { } block)
        {
            try
            {
                if (_failure is null && _records && !_refused.Task.IsCompleted && RecordingPlan.Captures(_manifest.Settings, block.Track.Name))
                {
                    Write(block);
                    bytes += block.Count * WavFormat.BytesPerSample;
                }
            }
            finally
            {
                _queue.Return(block);
            }
        }

        if (bytes > 0 && since > 0)
        {
            _services.Telemetry.Flushed(bytes, _services.Time.GetElapsedTime(since));
        }

        if (facts is not null && !_closed)
        {
            _closed = true;
            Close();
            _services.Lanes.Finalizing.Schedule(new Finalization(this, facts));
        }
    }

    private void Open()
    {
        var root = _services.Store.Root;
        var earlier = _services.Store.OfCall(_manifest.Location).Count(Holds);
        if (earlier > 0 && !_start.MayComeAgain)
        {
            Log.StreamRecordedBefore(_services.Logger, _start.CallId, _start.StreamId);
            _refused.TrySetResult();
            return;
        }

        if (earlier > 0)
        {
            // The ids of recordings are made of the stream's: what comes later has ids of its own.
            _manifest = _manifest with { StreamId = string.Create(CultureInfo.InvariantCulture, $"{_start.StreamId}-{earlier + 1}") };
        }

        if (new DriveInfo(root).AvailableFreeSpace < _services.Options.MinFreeBytes)
        {
            throw new DiskLowException();
        }

        Directory.CreateDirectory(_manifest.Location.Folder(root));
        DurableFile.SyncFolder(root);
        DescribeAll();
        while (!_services.Store.TryCreate(_manifest))
        {
            // Another stream of the call began in the same second: the next number is as good a name.
            _manifest = _manifest with { Unix = _manifest.Unix + 1 };
            DescribeAll();
        }

        _manifest = _manifest with { InMemoryOnly = false };
        foreach (var track in CapturedTracks())
        {
            OpenTrack(track);
        }

        DurableFile.SyncFolder(_manifest.Location.Folder(root));
        _services.Announcer.Announce(_manifest);
    }

    private bool Holds(RecordingManifest other) =>
        other.StreamId == _start.StreamId || (!other.StreamIds.IsDefault && other.StreamIds.Contains(_start.StreamId));

    private void NoteStreams()
    {
        var known = _manifest.StreamIds;
        while (_furtherStreams.TryDequeue(out var stream))
        {
            known = known.Contains(stream) ? known : known.Add(stream);
        }

        if (known.Length > _manifest.StreamIds.Length)
        {
            _manifest = _manifest with { StreamIds = known };
            TrySave();
        }
    }

    private void NotePauses()
    {
        var known = _manifest.Pauses;
        while (_pauses.TryDequeue(out var pauses))
        {
            _manifest = _manifest with { Pauses = pauses };
        }

        if (_manifest.Pauses != known)
        {
            TrySave();
        }
    }

    private void OpenTrack(RecordedTrack track)
    {
        if (_manifest.Tracks.All(t => t.Name != track.Name))
        {
            // A track nobody announced: the manifest must know of it before its file is there.
            _manifest = _manifest with { Tracks = [.. _manifest.Tracks.Append(Describe(track)).OrderBy(t => Rank(t.Name)).ThenBy(t => t.Name, StringComparer.Ordinal)] };
            _manifest = _manifest with { Recordings = RecordingPlan.For(_manifest) };
            _services.Store.Save(_manifest);
            _services.Announcer.Announce(_manifest);
        }

        var path = _manifest.Location.PartFile(_services.Store.Root, _manifest.Tracks.First(t => t.Name == track.Name).File);
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
        _files[track.Index] = file;
        Span<byte> header = stackalloc byte[_headerLength];
        WavHeader.WriteGrowing(header, new WavFormat(_start.SampleRate, 1));
        RandomAccess.Write(file, header, 0);
    }

    private void Write(PcmBlock block)
    {
        if (_files[block.Track.Index] is null)
        {
            OpenTrack(block.Track);
        }

        // Samples are little-endian in the file, as they are in the memory of every machine .NET 10 runs on but s390x.
        RandomAccess.Write(
            _files[block.Track.Index]!,
            MemoryMarshal.AsBytes(block.Samples.AsSpan(0, block.Count)),
            _headerLength + block.Start * WavFormat.BytesPerSample);
    }

    private void DescribeAll()
    {
        _manifest = _manifest with { Tracks = [.. CapturedTracks().Select(Describe)], Recordings = [] };
        _manifest = _manifest with { Recordings = RecordingPlan.For(_manifest) };
    }

    private IEnumerable<RecordedTrack> CapturedTracks() => _announced.Where(track => RecordingPlan.Captures(_manifest.Settings, track.Name));

    private ManifestTrack Describe(RecordedTrack track) => RecordingPlan.Track(_manifest.Location, track.Name, track.Participant);

    /// <summary>The user, the assistant, then whoever else there is.</summary>
    private static int Rank(string track) => track switch
    {
        RecordingTypes.User => 0,
        RecordingTypes.Assistant => 1,
        _ => 2,
    };

    /// <summary>The recording is lost from here on; the stream is left alone, and what was written is kept.</summary>
    private void Fail(Exception exception)
    {
        if (_failure is not null)
        {
            return;
        }

        Volatile.Write(ref _failure, FailureReason.Describe(exception));
        Log.RecordingFailed(_services.Logger, exception, _start.CallId, _start.StreamId);
        var failedAt = _services.Time.GetUtcNow();
        if (_manifest.Recordings.IsEmpty)
        {
            DescribeAll();
        }

        _manifest = _manifest with { Recordings = [.. _manifest.Recordings.Select(r => r with { Failure = r.Failure ?? _failure, FailedAt = r.FailedAt ?? failedAt })] };
        _services.Telemetry.Failed(FailureReason.Classify(exception), _manifest.Recordings.Length);
        _services.Announcer.Announce(_manifest);
        TrySave();
    }

    private void TrySave()
    {
        if (_manifest.InMemoryOnly)
        {
            return;
        }

        try
        {
            _services.Store.Save(_manifest);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.ManifestUnsaved(_services.Logger, exception, _start.CallId, _start.StreamId);
        }
    }

    private void Close()
    {
        for (var i = 0; i < _files.Length; i++)
        {
            _files[i]?.Dispose();
            _files[i] = null;
        }
    }

    private void FinalizeFiles(RecordingFacts facts)
    {
        var goesOn = false;
        try
        {
            if (_refused.Task.IsCompleted || !_records)
            {
                return;
            }

            if (_manifest.InMemoryOnly)
            {
                _manifest = _manifest with { State = ManifestStates.Final };
                _services.Announcer.Announce(_manifest);
                return;
            }

            if (TryFinalize(() => Capture(facts)) && RecordingFinalizer.NeedsDeriving(_manifest))
            {
                goesOn = true;
                _services.Lanes.Deriving.Schedule(new Delivery(this, facts.Ending));
                return;
            }

            Deliver(facts.Ending);
        }
        finally
        {
            if (!goesOn)
            {
                _completion.TrySetResult();
            }
        }
    }

    private void Capture(RecordingFacts facts) => _manifest = _services.Finalizer.Capture(_manifest with
    {
        Ending = facts.Ending.ToString().ToLowerInvariant(),
        MessagesLost = facts.MessagesLost,
        MessagesRejected = facts.MessagesRejected,
        ClockJumps = facts.ClockJumps,
        Samples = facts.Samples,
        Pauses = facts.Pauses,
        Tracks = [.. _manifest.Tracks.Select(track => track with { Facts = facts.Tracks.GetValueOrDefault(track.Name) })],
    });

    private void Deliver(MediaStreamEnding ending)
    {
        if (_manifest.State == ManifestStates.Recording || !TryFinalize(() => _manifest = _services.Finalizer.Deliver(_manifest, _services.Lanes.Ending)))
        {
            return;
        }

        _services.Telemetry.Finalized(_services.Time.GetElapsedTime(_endedAt));
        Log.RecordingFinal(_services.Logger, _start.CallId, _start.StreamId, _manifest.DurationMs ?? 0, ending);
        _services.Index.Add(_manifest);
        _services.Announcer.Announce(_manifest);
    }

    private bool TryFinalize(Action step)
    {
        try
        {
            step();
            return true;
        }
        catch (OperationCanceledException)
        {
            // The process is ending: the next one finds the manifest and goes on.
            return false;
        }
        catch (Exception exception)
        {
            // The files stay as they are, playable; the next start finds the unfinished manifest and tries again.
            Fail(exception);
            return false;
        }
    }

    private sealed class Finalization(RecordingWriter writer, RecordingFacts facts) : IDiskWork
    {
        public void Run() => writer.FinalizeFiles(facts);
    }

    private sealed class Delivery(RecordingWriter writer, MediaStreamEnding ending) : IDiskWork
    {
        public void Run()
        {
            try
            {
                writer.Deliver(ending);
            }
            finally
            {
                writer._completion.TrySetResult();
            }
        }
    }
}

/// <summary>What every recording's writer works with.</summary>
internal sealed record RecordingServices(
    MediaOptions Options,
    ManifestStore Store,
    DiskLanes Lanes,
    RecordingFinalizer Finalizer,
    RecordingAnnouncer Announcer,
    RecordingIndex Index,
    PcmBlockPool Blocks,
    PcmBlockPool PlaybackBlocks,
    MediaTelemetry Telemetry,
    TimeProvider Time,
    ILogger<RecordingWriter> Logger);
