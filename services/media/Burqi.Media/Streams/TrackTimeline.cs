using System.Runtime.InteropServices;

namespace Burqi.Media.Streams;

/// <summary>A stretch of a track without audio, in samples of the timeline.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TrackGap(long Start, long End)
{
    public long Length => End - Start;
}

/// <summary>
/// One track on the call's timeline: puts each frame where its timestamp says it was heard. What nobody brings stays silence, and is a gap.
/// What lies in a pause is silence whatever was brought. Belongs to its recording, which sees to it that one thread at a time uses it; only
/// whole blocks leave it, through the queue.
/// </summary>
internal sealed class TrackTimeline(RecordedTrack track, int sampleRate, long reorderWindow, PcmBlockQueue queue, PausedStretches pauses)
{
    /// <summary>Gaps kept one by one; a stream with more is so broken that the sum of the oldest says enough.</summary>
    public const int MaxGaps = 1000;

    /// <summary>How far timestamps may shake that were read off a clock; a frame lost is never less than 20 ms.</summary>
    private const int JitterMs = 15;

    /// <summary>How far a clock's reading may go back from one frame to the next, where no frame is missing that it could be.</summary>
    private const int StepBackMs = 100;

    private readonly List<TrackGap> _gaps = [];
    private readonly long[] _latestMs = new long[16];
    private readonly long _timestampStep = sampleRate / 1000;
    private PcmBlock? _active;
    private int _enqueued;
    private short[] _newest = [];
    private int _newestLength;
    private long _newestMs = long.MinValue;
    private int _clocked;

    public RecordedTrack Track => track;

    public SequenceWindow Sequences { get; } = new();

    /// <summary>The timestamp of the frame that came last, whatever became of it.</summary>
    public long ArrivedMs { get; set; } = long.MinValue;

    /// <summary>The sample after the last one placed; 0 before the first.</summary>
    public long End { get; private set; }

    public bool HasAudio { get; private set; }

    /// <summary>Whether it is normal that nothing comes: a stretch without audio is then a pause, and no gap.</summary>
    public bool HasPauses { get; init; }

    /// <summary>The samples of all pauses.</summary>
    public long Paused { get; private set; }

    /// <summary>Samples placed since the last flush.</summary>
    public int Unflushed => _enqueued + (_active?.Count ?? 0);

    public long Received { get; private set; }

    /// <summary>Frames that came after a later one and still found their place.</summary>
    public long Late { get; private set; }

    /// <summary>Frames that came too late to be placed.</summary>
    public long Stale { get; private set; }

    public long Duplicated { get; private set; }

    /// <summary>Samples given up because the disk could not follow.</summary>
    public long Overflowed { get; private set; }

    public IReadOnlyList<TrackGap> Gaps => _gaps;

    /// <summary>How many of the oldest gaps are no longer listed, and how many samples they hold.</summary>
    public (long Count, long Samples) FoldedGaps { get; private set; }

    public long? FirstTimestampMs { get; private set; }

    public long? LastTimestampMs { get; private set; }

    private long Jitter => sampleRate * JitterMs / 1000;

    public void CountDuplicate() => Duplicated++;

    public void CountStale() => Stale++;

    /// <summary>Places a frame that begins at <paramref name="position"/> by a timestamp that counts its samples.</summary>
    public void Place(long position, long timestampMs, ReadOnlySpan<short> samples)
    {
        var overlap = End - position;
        if (timestampMs > _newestMs && overlap > 0 && overlap < samples.Length && overlap <= Jitter)
        {
            // Newer than all before, and stamped a little early: nothing of it has been heard yet, so nothing of it is cut off.
            position = End;
        }

        _newestMs = Math.Max(_newestMs, timestampMs);
        Place(position, timestampMs, samples, Tolerance(samples.Length));
    }

    /// <summary>
    /// Places a frame whose timestamp says when it came by a wall clock, and so shakes: what is newer than all before follows them, as long as
    /// it does not lie clearly behind their end; of what has the newest one's very time, only the same audio again is a duplicate.
    /// </summary>
    /// <param name="position">Where its timestamp puts it.</param>
    /// <param name="timestampMs">Its timestamp.</param>
    /// <param name="wholeSecond">Its timestamp may stand for any moment of its second.</param>
    /// <param name="samples">Its audio.</param>
    public void PlaceByClock(long position, long timestampMs, bool wholeSecond, ReadOnlySpan<short> samples)
    {
        if (timestampMs < _newestMs)
        {
            // A clock that went back a little: it is none of the latest frames again, and none is missing that it could be.
            if (timestampMs > _newestMs - StepBackMs && !_latestMs.Contains(timestampMs))
            {
                Remember(timestampMs);
                position = IsMissing(position, samples.Length) ? position : End;
            }

            Place(position, timestampMs, samples, Jitter);
            return;
        }

        if (timestampMs > _newestMs)
        {
            Remember(timestampMs);
        }

        if (timestampMs == _newestMs
            && samples.SequenceEqual(_newest.AsSpan(0, _newestLength))
            && !(wholeSecond && samples.IndexOfAnyExcept((short)0) < 0))
        {
            Duplicated++;
            return;
        }

        if (position < End + Jitter + (wholeSecond ? sampleRate : 0))
        {
            position = End;
        }

        _newestMs = timestampMs;
        _newestLength = samples.Length;
        if (_newest.Length < samples.Length)
        {
            _newest = new short[samples.Length];
        }

        samples.CopyTo(_newest);
        Place(position, timestampMs, samples, Jitter);
    }

    /// <summary>Prepares for another socket, which numbers its messages anew.</summary>
    public void Resume()
    {
        Sequences.Clear();
        ArrivedMs = long.MinValue;
    }

    /// <summary>Prepares for another clock: no time on it is older than one before.</summary>
    public void ForgetClock() => _newestMs = long.MinValue;

    /// <summary>Places a frame at a position that is known to within <paramref name="tolerance"/> samples.</summary>
    public void Place(long position, long timestampMs, ReadOnlySpan<short> samples, long tolerance)
    {
        if (HasAudio && Math.Abs(position - End) <= tolerance)
        {
            position = End;
        }

        if (position < End && position + samples.Length <= End - reorderWindow)
        {
            Stale++;
            return;
        }

        var placed = false;
        if (position < End)
        {
            var past = (int)Math.Min(samples.Length, End - position);
            placed = FillGaps(position, samples[..past], tolerance);
            samples = samples[past..];
            position += past;
            if (placed)
            {
                Late++;
            }

            if (samples.Length <= tolerance)
            {
                // What sticks out is rounding: the frame lies behind us.
                samples = [];
            }
        }

        if (!samples.IsEmpty)
        {
            if (position > End && HasAudio && HasPauses)
            {
                Paused += position - End;
            }
            else if (position > End)
            {
                AddGap(End, position);
            }

            var end = position + samples.Length;
            Append(position, samples);
            End = end;
            HasAudio = true;
            placed = true;
        }

        if (!placed)
        {
            Duplicated++;
            return;
        }

        Received++;
        FirstTimestampMs = FirstTimestampMs is { } first ? Math.Min(first, timestampMs) : timestampMs;
        LastTimestampMs = LastTimestampMs is { } last ? Math.Max(last, timestampMs) : timestampMs;
    }

    /// <summary>Notes audio that was heard at <paramref name="position"/> and is not to be had.</summary>
    public void Lose(long position, long samples)
    {
        Overflowed += samples;
        AddGap(position, position + samples);
    }

    /// <summary>Puts all that has gathered into the queue.</summary>
    public void Flush()
    {
        Seal();
        _enqueued = 0;
    }

    private void Remember(long timestampMs) => _latestMs[_clocked++ % _latestMs.Length] = timestampMs;

    /// <summary>Whether there is a gap about there that takes a whole frame.</summary>
    private bool IsMissing(long position, int length)
    {
        for (var i = _gaps.Count - 1; i >= 0 && _gaps[i].End > position - Jitter; i--)
        {
            if (_gaps[i].Length >= length - _timestampStep && _gaps[i].Start < position + length + Jitter)
            {
                return true;
            }
        }

        return false;
    }

    private void Seal()
    {
        if (_active is { } block)
        {
            _active = null;
            Enqueue(block);
        }
    }

    private void Enqueue(PcmBlock block)
    {
        _enqueued += block.Count;
        queue.Enqueue(block);
    }

    /// <summary>
    /// How far a timestamp may lie off the end of the audio before it means anything. Timestamps are whole milliseconds, frames need not be,
    /// and senders round; a frame lost is never less than a whole frame.
    /// </summary>
    private long Tolerance(int samples) => Math.Max(_timestampStep - 1, Math.Min(4 * _timestampStep, samples / 4));

    private void Append(long position, ReadOnlySpan<short> samples)
    {
        while (!samples.IsEmpty)
        {
            if (_active is { } block && position - block.Start < PcmBlock.Capacity)
            {
                var offset = (int)(position - block.Start);
                var taken = Math.Min(PcmBlock.Capacity - offset, samples.Length);
                block.Samples.AsSpan(block.Count, offset - block.Count).Clear();
                samples[..taken].CopyTo(block.Samples.AsSpan(offset));
                pauses.Silence(position, block.Samples.AsSpan(offset, taken));
                block.Count = offset + taken;
                position += taken;
                samples = samples[taken..];
                continue;
            }

            Seal();
            _active = TakeBlock(position);
            if (_active is null)
            {
                Overflowed += samples.Length;
                AddGap(position, position + samples.Length);
                return;
            }
        }
    }

    private bool FillGaps(long position, ReadOnlySpan<short> samples, long tolerance)
    {
        var filled = false;
        for (var i = _gaps.Count - 1; i >= 0 && _gaps[i].End > position - tolerance; i--)
        {
            var gap = _gaps[i];
            if (!filled && Math.Abs(gap.Start - position) <= tolerance)
            {
                position = gap.Start;
            }

            var from = Math.Max(gap.Start, position);
            var to = Math.Min(gap.End, position + samples.Length);
            if (from >= to || !Patch(from, samples.Slice((int)(from - position), (int)(to - from))))
            {
                continue;
            }

            filled = true;
            _gaps.RemoveAt(i);
            if (to < gap.End)
            {
                _gaps.Insert(i, new TrackGap(to, gap.End));
            }

            if (gap.Start < from)
            {
                _gaps.Insert(i, new TrackGap(gap.Start, from));
            }
        }

        return filled;
    }

    /// <summary>Writes over silence that may already be on its way to the file, or in it.</summary>
    private bool Patch(long position, ReadOnlySpan<short> samples)
    {
        if (_active is { } active && position >= active.Start && position + samples.Length <= active.Start + active.Count)
        {
            var patched = active.Samples.AsSpan((int)(position - active.Start), samples.Length);
            samples.CopyTo(patched);
            pauses.Silence(position, patched);
            return true;
        }

        // Blocks reach the file in the order of the queue: what is about to go there as silence must go first.
        Seal();
        while (!samples.IsEmpty)
        {
            if (TakeBlock(position) is not { } block)
            {
                Overflowed += samples.Length;
                return false;
            }

            var taken = Math.Min(PcmBlock.Capacity, samples.Length);
            samples[..taken].CopyTo(block.Samples);
            pauses.Silence(position, block.Samples.AsSpan(0, taken));
            block.Count = taken;
            Enqueue(block);
            position += taken;
            samples = samples[taken..];
        }

        return true;
    }

    private PcmBlock? TakeBlock(long position)
    {
        if (queue.TryRent() is not { } block)
        {
            return null;
        }

        block.Track = track;
        block.Start = position;
        return block;
    }

    private void AddGap(long start, long end)
    {
        if (_gaps.Count > 0 && _gaps[^1].End == start)
        {
            _gaps[^1] = _gaps[^1] with { End = end };
            return;
        }

        if (_gaps.Count == MaxGaps)
        {
            FoldedGaps = (FoldedGaps.Count + 1, FoldedGaps.Samples + _gaps[0].Length);
            _gaps.RemoveAt(0);
        }

        _gaps.Add(new TrackGap(start, end));
    }
}
