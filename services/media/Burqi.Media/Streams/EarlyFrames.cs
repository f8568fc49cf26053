namespace Burqi.Media.Streams;

/// <summary>
/// The first frames of a stream whose timestamps are times of day: the earliest of them is the timeline's zero, and who speaks in them decides
/// whose track is whose; neither is known before a few have come.
/// </summary>
internal sealed class EarlyFrames
{
    private const int MaxFrames = 24;
    private const long MaxSpanMs = 100;

    private readonly List<EarlyFrame> _frames = [];

    public IReadOnlyList<EarlyFrame> Frames => _frames;

    /// <summary>Keeps a copy of the frame; false when it belongs to what comes after.</summary>
    public bool TryHold(in MediaMessage frame)
    {
        if (_frames.Count == MaxFrames || (_frames.Count > 0 && Math.Abs(frame.TimestampMs - _frames[0].TimestampMs) >= MaxSpanMs))
        {
            return false;
        }

        _frames.Add(new EarlyFrame(frame.Track, frame.Participant.ToArray(), frame.TimestampMs, frame.WholeSecond, frame.Samples.ToArray()));
        return true;
    }
}

/// <summary>A frame that waits.</summary>
internal sealed record EarlyFrame(MediaTrack Track, byte[] Participant, long TimestampMs, bool WholeSecond, short[] Samples)
{
    public MediaMessage ToMessage() => new()
    {
        Kind = MediaMessageKind.Frame,
        Sequence = MediaMessage.NoSequence,
        Track = Track,
        Participant = Participant,
        TimestampMs = TimestampMs,
        WholeSecond = WholeSecond,
        Samples = Samples,
    };
}
