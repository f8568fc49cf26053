using Burqi.Media.Spool;

namespace Burqi.Media.Streams;

/// <summary>
/// The socket's side of one live recording: both tracks on one timeline, whose zero is the stream's start. Belongs to the socket's loop.
/// </summary>
internal sealed class LiveRecording
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

    private readonly MediaTelemetry _telemetry;
    private readonly TrackTimeline[] _tracks;
    private readonly TrackCounts[] _reported = new TrackCounts[2];
    private readonly int _sampleRate;
    private readonly int _flushSamples;
    private readonly long _maxGap;
    private readonly long _maxLength;
    private readonly long _reorderWindow;

    private long _originMs;
    private int _clockWitnesses;
    private long _witnessedMs;
    private int _clockJumps;
    private long _rejected;
    private long _firstSequence = MediaMessage.NoSequence;
    private long _highestSequence = MediaMessage.NoSequence;
    private long _sequenced;
    private bool _completed;

    public LiveRecording(RecordingServices services, StreamStart start, DateTimeOffset startedAt, string? traceParent)
    {
        var options = services.Options;
        _telemetry = services.Telemetry;
        _sampleRate = start.SampleRate;
        _flushSamples = FlushMs * _sampleRate / 1000;
        _maxGap = Samples(options.MaxGap);
        _maxLength = Samples(options.MaxLength);
        _reorderWindow = Samples(options.ReorderWindow);

        var queue = new PcmBlockQueue(services.Blocks);
        _tracks = [.. Enum.GetValues<MediaTrack>().Select(track => new TrackTimeline(track, _sampleRate, _reorderWindow, queue))];
        Writer = new RecordingWriter(services, start, queue, startedAt, traceParent);
        Writer.Schedule();
    }

    public RecordingWriter Writer { get; }

    /// <summary>Counts a message by its place in the stream's order, whatever it holds.</summary>
    public void Witness(long sequence)
    {
        if (sequence == MediaMessage.NoSequence)
        {
            return;
        }

        _sequenced++;
        _firstSequence = _firstSequence == MediaMessage.NoSequence ? sequence : Math.Min(_firstSequence, sequence);
        _highestSequence = Math.Max(_highestSequence, sequence);
    }

    /// <summary>Counts a message that could not be used.</summary>
    public void Reject() => _rejected++;

    public void Place(in MediaMessage frame)
    {
        var track = _tracks[(int)frame.Track];
        var advances = frame.Sequence > track.Sequences.Highest;
        if (frame.Sequence != MediaMessage.NoSequence && !track.Sequences.TryAdd(frame.Sequence))
        {
            track.CountDuplicate();
            return;
        }

        Witness(frame.Sequence);
        if (frame.Samples.IsEmpty)
        {
            return;
        }

        if (!TryPosition(track, frame, advances, out var position))
        {
            return;
        }

        track.Place(position, frame.TimestampMs, frame.Samples);
        if (track.Unflushed >= _flushSamples)
        {
            HandOver();
        }
    }

    /// <summary>Hands everything over and lets the files be made final.</summary>
    public void Complete(MediaStreamEnding ending)
    {
        if (_completed)
        {
            return;
        }

        _completed = true;
        HandOver();
        Writer.Complete(new RecordingFacts
        {
            Ending = ending,
            MessagesLost = _sequenced == 0 ? 0 : Math.Max(0, _highestSequence - _firstSequence + 1 - _sequenced),
            MessagesRejected = _rejected,
            ClockJumps = _clockJumps,
            Tracks = [.. _tracks.Select(track => RecordingFacts.Of(track, _sampleRate))],
        });
    }

    private void HandOver()
    {
        for (var i = 0; i < _tracks.Length; i++)
        {
            _tracks[i].Flush();
            _telemetry.Report(_tracks[i], ref _reported[i]);
        }

        Writer.Schedule();
    }

    /// <summary>
    /// From the provider's clock to the timeline. A timestamp far ahead of all audio, or one far behind it on a message that is not old, says
    /// that the clock is broken. A single one is dropped; when several agree the timeline takes the new clock and goes on where it ended,
    /// so that neither a wild number fills the disk with silence nor a restarted clock costs the rest of the call.
    /// </summary>
    private bool TryPosition(TrackTimeline track, in MediaMessage frame, bool advances, out long position)
    {
        position = (frame.TimestampMs - _originMs) * _sampleRate / 1000;
        var furthest = Math.Max(_tracks[0].End, _tracks[1].End);
        var farAhead = position > furthest + _maxGap;
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
            _originMs = frame.TimestampMs - (furthest * 1000 + _sampleRate - 1) / _sampleRate;
            position = (frame.TimestampMs - _originMs) * _sampleRate / 1000;
        }

        _clockWitnesses = 0;
        if (position + frame.Samples.Length > _maxLength)
        {
            _rejected++;
            return false;
        }

        return true;
    }

    private long Samples(TimeSpan time) => (long)(time.TotalSeconds * _sampleRate);
}
