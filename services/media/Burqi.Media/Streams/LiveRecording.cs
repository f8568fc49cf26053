using Burqi.Media.Control;
using Burqi.Media.Playback;
using Burqi.Media.Spool;
using Burqi.Media.Tee;

namespace Burqi.Media.Streams;

/// <summary>
/// The sockets' side of one live recording: its tracks on one timeline, whose zero is the first socket's start. One socket after the other may
/// bring its audio, and what is sent to the provider may be placed by another loop than what comes from it: everything here takes its turn.
/// </summary>
internal sealed class LiveRecording : IPlaybackTrack
{
    /// <summary>
    /// Audio on a track that makes it go to the file: with the 20 ms frames that are usual, never 200 ms wait, and a process that is killed
    /// loses less than that.
    /// </summary>
    private const int FlushMs = 160;

    /// <summary>So many frames in a row must agree that the clock jumped before it is believed.</summary>
    private const int ClockWitnesses = 3;

    /// <summary>How far witnesses of a clock jump may lie apart.</summary>
    private const long WitnessSpreadMs = 2000;

    /// <summary>How far behind the end of the audio a clock that runs on may be found after a reconnect: the peer may say its last words again.</summary>
    private const int RepeatMs = 2000;

    /// <summary>How far the call may be ahead of this machine's clock, which began when the stream's start came: that may have been held up.</summary>
    private const int MostAheadMs = 200;

    /// <summary>A stream whose first frame has a timestamp beyond this one did not begin to count when its socket was opened.</summary>
    private const int FirstTimestampMs = 2000;

    private readonly Lock _gate = new();
    private readonly RecordingServices _services;
    private readonly MediaTelemetry _telemetry;
    private readonly PausedStretches _pauses = new();
    private readonly CallClock _clock;
    private readonly TrackRoles _tracks;
    private readonly TrackCounts[] _reported = new TrackCounts[TrackRoles.MaxTracks];
    private readonly int _sampleRate;
    private readonly int _flushSamples;
    private readonly long _maxGap;
    private readonly long _maxLength;
    private readonly long _reorderWindow;
    private readonly long _startedAt;
    private readonly AssistantPlayback? _playback;

    private EarlyFrames? _early;
    private Reconnect? _reconnect;
    private StreamStart _start;
    private bool _finerThanSeconds;
    private long _originMs;
    private long _furthest;
    private int _clockWitnesses;
    private long _witnessedMs;
    private int _clockJumps;
    private long _rejected;
    private long _lost;
    private long _firstSequence = MediaMessage.NoSequence;
    private long _highestSequence = MediaMessage.NoSequence;
    private long _sequenced;
    private bool _completed;

    /// <summary>Begins a recording.</summary>
    /// <param name="services">What every recording works with.</param>
    /// <param name="start">The stream that begins it.</param>
    /// <param name="startedAt">The time of the timeline's zero (UTC).</param>
    /// <param name="traceParent">W3C trace context of the call.</param>
    /// <param name="arrivedAt">The timeline's zero as a timestamp of this machine's clock; null: now.</param>
    /// <param name="state">What was asked of the call's recordings before.</param>
    public LiveRecording(
        RecordingServices services,
        StreamStart start,
        DateTimeOffset startedAt,
        string? traceParent,
        long? arrivedAt = null,
        RecordingState state = RecordingState.Recorded)
    {
        var options = services.Options;
        _services = services;
        _telemetry = services.Telemetry;
        _start = start;
        _startedAt = arrivedAt ?? services.Time.GetTimestamp();
        _sampleRate = start.SampleRate;
        _flushSamples = FlushMs * _sampleRate / 1000;
        _maxGap = Samples(options.MaxGap);
        _maxLength = Samples(options.MaxLength);
        _reorderWindow = Samples(options.ReorderWindow);
        _early = start.IsWallClock ? new EarlyFrames() : null;
        _clock = new CallClock(_sampleRate);

        var queue = new PcmBlockQueue(services.Blocks);
        _tracks = new TrackRoles(start.IsTwoWay, track => new TrackTimeline(track, _sampleRate, _reorderWindow, queue, _pauses)
        {
            HasPauses = start.AgentUrl is not null && track.Role == MediaTrack.Assistant,
        });
        _playback = start.AgentUrl is null ? null : new AssistantPlayback(services.Time, _startedAt, _sampleRate, services.PlaybackBlocks, this);
        Writer = new RecordingWriter(services, start, queue, startedAt, traceParent, [.. Announced()], isStopped: state == RecordingState.Stopped);
        if (state == RecordingState.Paused)
        {
            _pauses.Begin(0, 0);
            Writer.Note(PauseFacts.Of(_pauses.All, _sampleRate));
        }

        Writer.Schedule();
    }

    public RecordingWriter Writer { get; }

    public int SampleRate => _sampleRate;

    /// <summary>The stream that brings the audio now.</summary>
    public StreamStart Start => _start;

    /// <summary>By the clock of this machine, in samples: where on the timeline it is now.</summary>
    public long Elapsed => Samples(ElapsedTime);

    private TimeSpan ElapsedTime => _services.Time.GetElapsedTime(_startedAt);

    /// <summary>Counts a message by its place in the stream's order, whatever it holds.</summary>
    public void Witness(long sequence)
    {
        lock (_gate)
        {
            Count(sequence);
        }
    }

    /// <summary>Counts a message that could not be used.</summary>
    public void Reject()
    {
        lock (_gate)
        {
            _rejected++;
        }
    }

    /// <summary>Places a frame of the provider's.</summary>
    public void Place(in MediaMessage frame)
    {
        lock (_gate)
        {
            if (_completed)
            {
                return;
            }

            _finerThanSeconds |= !frame.WholeSecond;
            if (_early is { } early)
            {
                if (early.TryHold(frame))
                {
                    return;
                }

                PlaceEarly();
            }

            PlaceNow(frame);
        }
    }

    /// <summary>Places what the assistant was heard to say, in a two-way stream, at a position that is known to the sample.</summary>
    public void PlaceAssistant(long position, ReadOnlySpan<short> samples)
    {
        lock (_gate)
        {
            if (_completed || position < 0 || position + samples.Length > _maxLength)
            {
                return;
            }

            var track = _tracks.Assistant;
            track.Place(position, position * 1000 / _sampleRate, samples, tolerance: 0);
            HandOverWhenDue(track);
        }
    }

    /// <summary>What the agent of a two-way stream sends: it is placed when, and as far as, the caller hears it.</summary>
    public void Hear(in AgentMessage message)
    {
        lock (_gate)
        {
            if (_completed || _playback is null)
            {
                return;
            }

            switch (message.Kind)
            {
                case AgentMessageKind.Audio:
                    _playback.Play(message.Samples);
                    break;
                case AgentMessageKind.Clear:
                    _playback.Clear();
                    break;
                case AgentMessageKind.Mark:
                    _playback.Expect(message.Mark);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>The provider has played, or dropped, what the agent sent before this mark.</summary>
    public void Echo(ReadOnlySpan<byte> mark)
    {
        lock (_gate)
        {
            if (!_completed)
            {
                _playback?.Echo(mark);
            }
        }
    }

    /// <summary>Nothing more is played: what the agent sent and the caller has not heard is dropped.</summary>
    public void EndPlayback()
    {
        lock (_gate)
        {
            if (!_completed)
            {
                _playback?.Complete();
            }
        }
    }

    void IPlaybackTrack.Play(long position, ReadOnlySpan<short> samples) => PlaceAssistant(position, samples);

    void IPlaybackTrack.Lose(long position, long samples) => _tracks.Assistant.Lose(position, samples);

    /// <summary>
    /// From here on, in the call's time, silence takes the place of what is said, until <see cref="Unmute"/>: of what comes from now on whatever
    /// was said in between, and of what is late whatever was said before it is kept. The timeline goes on.
    /// </summary>
    public void Mute()
    {
        lock (_gate)
        {
            if (!_completed && !_pauses.IsOpen)
            {
                var now = Now();

                // A wild timestamp may have put the end of the audio far ahead of the call: what is said then still lies before it.
                _pauses.Begin(_early is null ? Math.Min(now, Elapsed + MostAheadMs * _sampleRate / 1000) : 0, now);
                Writer.Note(PauseFacts.Of(_pauses.All, _sampleRate));
            }
        }
    }

    /// <summary>From here on, in the call's time, what is said is recorded again.</summary>
    public void Unmute()
    {
        lock (_gate)
        {
            if (!_completed && _pauses.IsOpen)
            {
                _pauses.End(Now());
                Writer.Note(PauseFacts.Of(_pauses.All, _sampleRate));
            }
        }
    }

    /// <summary>Goes on with another socket of the same call, which introduced itself at a timestamp of this machine's clock.</summary>
    public void Resume(StreamStart start, long arrivedAt)
    {
        lock (_gate)
        {
            var sameStream = start.StreamId == _start.StreamId;
            _start = start;
            _reconnect = new Reconnect(Samples(_services.Time.GetElapsedTime(_startedAt, arrivedAt)), ClockMayRunOn: sameStream || start.IsWallClock);
            if (!_reconnect.ClockMayRunOn)
            {
                _pauses.Exclude(Math.Max(_furthest, _reconnect.Position));
            }

            _clockWitnesses = 0;
            foreach (var track in _tracks.All)
            {
                track.Resume();
            }

            if (!sameStream)
            {
                // A count of its own; of the same stream's, what got lost between the sockets is missing.
                _lost += Missing;
                _sequenced = 0;
                _firstSequence = _highestSequence = MediaMessage.NoSequence;
            }
        }

        Writer.AddStream(start.StreamId);
    }

    /// <summary>Hands everything over: for some time nothing will come.</summary>
    public void Pause()
    {
        lock (_gate)
        {
            if (!_completed)
            {
                PlaceEarly();
                _playback?.Complete();
                HandOver();
            }
        }
    }

    /// <summary>Hands everything over and lets the files be made final.</summary>
    public void Complete(MediaStreamEnding ending)
    {
        lock (_gate)
        {
            if (_completed)
            {
                return;
            }

            PlaceEarly();
            _playback?.Complete();
            _completed = true;
            HandOver();
            Writer.Complete(new RecordingFacts
            {
                Ending = ending,
                MessagesLost = _lost + Missing,
                MessagesRejected = _rejected,
                ClockJumps = _clockJumps,
                Pauses = PauseFacts.Of(_pauses.All, _sampleRate),
                Tracks = _tracks.All.ToDictionary(track => track.Track.Name, track => RecordingFacts.Of(track, _sampleRate), StringComparer.Ordinal),
            });
        }
    }

    /// <summary>Messages that the numbers of the others say were sent, and that did not come.</summary>
    private long Missing => _sequenced == 0 ? 0 : Math.Max(0, _highestSequence - _firstSequence + 1 - _sequenced);

    /// <summary>The tracks that are known to come; whatever else turns up is recorded as well.</summary>
    private IEnumerable<RecordedTrack> Announced()
    {
        var roles = _start.AgentUrl is not null ? _start.Tracks.Append(MediaTrack.Assistant) : _start.Tracks;
        return roles.Distinct().Order().Select(role => _tracks.Find(role, [])!.Track);
    }

    private void Count(long sequence)
    {
        if (sequence == MediaMessage.NoSequence)
        {
            return;
        }

        _sequenced++;
        _firstSequence = _firstSequence == MediaMessage.NoSequence ? sequence : Math.Min(_firstSequence, sequence);
        _highestSequence = Math.Max(_highestSequence, sequence);
    }

    /// <summary>Places the frames that waited for the timeline's zero, and sets it.</summary>
    private void PlaceEarly()
    {
        if (_early is not { } early)
        {
            return;
        }

        _early = null;
        if (early.Frames.Count == 0)
        {
            return;
        }

        _originMs = early.Frames.Min(frame => frame.TimestampMs);
        _tracks.Introduce(early.Frames);
        foreach (var frame in early.Frames)
        {
            PlaceNow(frame.ToMessage());
        }
    }

    private void PlaceNow(in MediaMessage frame)
    {
        if (_tracks.Find(frame.Track, frame.Participant) is not { } track)
        {
            _rejected++;
            return;
        }

        var isNumbered = frame.Sequence != MediaMessage.NoSequence;
        var advances = isNumbered ? frame.Sequence > track.Sequences.Highest : frame.TimestampMs > track.ArrivedMs;
        track.ArrivedMs = frame.TimestampMs;
        if (isNumbered && !track.Sequences.TryAdd(frame.Sequence))
        {
            track.CountDuplicate();
            return;
        }

        Count(frame.Sequence);
        if (frame.Samples.IsEmpty)
        {
            return;
        }

        if (_reconnect is { } reconnect)
        {
            _reconnect = null;
            SetClock(reconnect, frame.TimestampMs);
        }

        if (!TryPosition(track, frame, advances, out var position))
        {
            return;
        }

        var end = track.End;
        if (_start.IsWallClock)
        {
            track.PlaceByClock(position, frame.TimestampMs, frame.WholeSecond && !_finerThanSeconds, frame.Samples);
        }
        else
        {
            track.Place(position, frame.TimestampMs, frame.Samples);
        }

        _furthest = Math.Max(_furthest, track.End);
        if (track.End > end)
        {
            _clock.Observe(ElapsedTime, track.End, frame.Samples.Length);
            _playback?.Observe(track.End, frame.Samples.Length);
        }

        HandOverWhenDue(track);
    }

    private void HandOverWhenDue(TrackTimeline track)
    {
        if (track.Unflushed >= _flushSamples)
        {
            HandOver();
        }
    }

    private void HandOver()
    {
        foreach (var track in _tracks.All)
        {
            track.Flush();
            _telemetry.Report(track, ref _reported[track.Track.Index]);
        }

        Writer.Schedule();
    }

    /// <summary>
    /// Decides, by the first frame of a further socket, which clock its timestamps are on. One that runs on is the one known; another one begins
    /// when the socket was opened, by the clock of this machine, and never before what is already there.
    /// </summary>
    private void SetClock(Reconnect reconnect, long timestampMs)
    {
        var position = Position(timestampMs);
        if (reconnect.ClockMayRunOn
            && position >= _furthest - RepeatMs * _sampleRate / 1000
            && position <= Math.Max(_furthest, Elapsed) + _maxGap)
        {
            return;
        }

        var countsFromStart = !_start.IsWallClock && timestampMs <= FirstTimestampMs;
        SetOrigin(countsFromStart ? 0 : timestampMs, Math.Max(_furthest, countsFromStart ? reconnect.Position : Elapsed));
    }

    /// <summary>
    /// From the provider's clock to the timeline. A timestamp far ahead of all audio, or one far behind it on a message that is not old, says
    /// that the clock is broken. A single one is dropped; when several agree the timeline takes the new clock and goes on where it ended,
    /// so that neither a wild number fills the disk with silence nor a restarted clock costs the rest of the call.
    /// </summary>
    private bool TryPosition(TrackTimeline track, in MediaMessage frame, bool advances, out long position)
    {
        position = Position(frame.TimestampMs);

        // What says that it comes after a long silence is believed when that time has passed here as well.
        var farAhead = position > _furthest + _maxGap && position > Elapsed + _maxGap;
        var farBehind = position < 0 || position + frame.Samples.Length <= track.End - _reorderWindow;
        if (farBehind && !advances)
        {
            track.CountStale();
            return false;
        }

        if (farAhead || farBehind)
        {
            var agrees = _clockWitnesses > 0 && Math.Abs(frame.TimestampMs - _witnessedMs) <= WitnessSpreadMs;
            _clockWitnesses = agrees ? _clockWitnesses + 1 : 1;
            _witnessedMs = frame.TimestampMs;
            if (_clockWitnesses < ClockWitnesses)
            {
                _rejected++;
                return false;
            }

            _clockJumps++;
            SetOrigin(frame.TimestampMs, _furthest);
            position = Position(frame.TimestampMs);
        }

        _clockWitnesses = 0;
        if (position + frame.Samples.Length > _maxLength)
        {
            _rejected++;
            return false;
        }

        return true;
    }

    /// <summary>
    /// Where on the timeline the call is now: behind all that came, and as far behind our own clock as what came was at least on its way.
    /// What is held up is therefore not taken for what is said now.
    /// </summary>
    private long Now()
    {
        if (_early is { Frames.Count: > 0 })
        {
            PlaceEarly();
        }

        if (_early is not null && _playback is null)
        {
            return 0; // The first frame to come is the timeline's zero.
        }

        var now = Math.Max(_furthest, _clock.At(ElapsedTime));
        return _reconnect is { } reconnect ? Math.Max(now, Math.Max(_furthest, reconnect.Position) + Elapsed - reconnect.Position) : now;
    }

    private long Position(long timestampMs) => (timestampMs - _originMs) * _sampleRate / 1000;

    /// <summary>Puts a timestamp at a position, or at the next whole millisecond after it.</summary>
    private void SetOrigin(long timestampMs, long position)
    {
        _playback?.Restart();
        _clock.Restart();
        _pauses.Include(position);
        _originMs = timestampMs - (position * 1000 + _sampleRate - 1) / _sampleRate;
        foreach (var track in _tracks.All)
        {
            track.ForgetClock();
        }
    }

    private long Samples(TimeSpan time) => (long)(time.TotalSeconds * _sampleRate);

    /// <summary>A further socket that has not brought a frame yet.</summary>
    /// <param name="Position">Where on the timeline it was opened, in samples.</param>
    /// <param name="ClockMayRunOn">Whether its timestamps may be on the clock that is known.</param>
    private sealed record Reconnect(long Position, bool ClockMayRunOn);
}
