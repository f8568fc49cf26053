using System.Runtime.InteropServices;
using Burqi.Media.Streams;

namespace Burqi.Media.Playback;

/// <summary>Takes what was heard, and where on the timeline. Positions never go back.</summary>
internal interface IPlaybackTrack
{
    void Play(long position, ReadOnlySpan<short> samples);

    /// <summary>Something was heard here that there was no memory for.</summary>
    void Lose(long position, long samples);
}

/// <summary>
/// The provider's playback queue: what an agent sends plays after what is still queued, in real time, however fast it was sent; a clear drops
/// what has not played; a mark comes back when what was sent before it has. Audio leaves for the track as the call's clock passes it. All
/// times are samples of the call's timeline. Not for two threads at once.
/// </summary>
internal sealed class PlaybackQueue(int sampleRate, PcmBlockPool blocks, IPlaybackTrack track)
{
    /// <summary>
    /// Audio that comes so little after the end of what is queued goes on where that ended: an agent that sends in real time is late by
    /// fractions of a frame all the time, and a provider does not stutter for it.
    /// </summary>
    private const int ToleranceMs = 10;

    /// <summary>A mark that comes back so much later than expected says that the audio was held up.</summary>
    private const int HeldUpMs = 40;

    /// <summary>A mark later than this is another's, or the provider is not playing at all.</summary>
    private const int LongestDelayMs = 30_000;

    /// <summary>The audio that may wait; what an agent sends beyond it keeps its time, and is lost.</summary>
    private const int LongestMs = 600_000;

    private const int MaxMarks = 1024;

    /// <summary>The provider returns cleared marks at once. One that is not back by then never comes, and is not to be taken for its namesakes.</summary>
    private const int ClearedEchoMs = 2000;

    private const long NotCleared = long.MaxValue;

    /// <summary>The least of so many measurements is how long audio takes to be played: not all of them were held up.</summary>
    private const int Measurements = 4;

    private readonly Queue<Mark> _marks = new();
    private readonly List<TrackGap> _holes = [];
    private readonly long[] _delays = new long[Measurements];
    private int _measured;
    private PcmBlock? _head;
    private PcmBlock? _tail;
    private int _playedOfHead;
    private int _rented;

    // Blocks and holes lie relative to the one, marks to the other: what moves them moves all of them at once.
    private long _shift;
    private long _correction;
    private long _played;

    // When the last clear was sent, and where what it left ends: all that lies before was there before it.
    private long _clearedAt;
    private long _cleared = long.MinValue;

    // How long what is sent now, and what belongs to the current run of unbroken audio, takes to be played.
    private long _latency;
    private long _delay;
    private int _run;

    /// <summary>Where all that was sent so far will have been played.</summary>
    public long End { get; private set; }

    /// <summary>Whether all that was sent has been handed over, or dropped.</summary>
    public bool IsEmpty => _head is null && _holes.Count == 0;

    /// <summary>Audio from the agent.</summary>
    public void Enqueue(long now, ReadOnlySpan<short> samples)
    {
        var arrival = now + _latency;
        if (arrival > End + Samples(ToleranceMs))
        {
            // All before it has been played by then: it plays when it gets there.
            End = arrival;
            _delay = _latency;
            _run++;
        }

        var room = (int)Math.Clamp(arrival + Samples(LongestMs) - End, 0, samples.Length);
        var taken = Append(samples[..room]);
        if (taken < samples.Length)
        {
            LeaveHole(samples.Length - taken);
        }
    }

    /// <summary>The agent drops what has not been played. The marks in it come back at once, and say nothing of how long audio takes.</summary>
    public void Clear(long now)
    {
        for (var i = _marks.Count; i > 0; i--)
        {
            var mark = _marks.Dequeue();
            _marks.Enqueue(mark with { ClearedAt = Math.Min(mark.ClearedAt, now) });
        }

        var cut = Math.Max(now + _latency, _played);
        if (cut < End)
        {
            _clearedAt = now;
            _cleared = End - _shift;
            Cut(cut);
        }
    }

    /// <summary>The agent wants to know when what it sent so far has been played.</summary>
    public void Expect(long now, ReadOnlySpan<byte> mark)
    {
        if (_marks.Count == MaxMarks)
        {
            _marks.Dequeue();
        }

        // Behind audio that waits it comes back with that audio's end, else at once.
        var undelayed = End >= now + _latency ? End - _delay : now;
        _marks.Enqueue(new Mark(Hash(mark), undelayed - _correction, _run, NotCleared));
    }

    /// <summary>
    /// The provider has played all that was sent before the mark. Later than expected, it was held up: what still waits then plays that much
    /// later, and what will be sent is expected to take as long, unless another mark took less. Of a mark that was cleared it tells when the
    /// provider did so.
    /// </summary>
    public void Echo(long now, ReadOnlySpan<byte> mark)
    {
        if (!TryTake(now, Hash(mark), out var expected))
        {
            return;
        }

        if (expected.ClearedAt != NotCleared)
        {
            if (expected.ClearedAt == _clearedAt && now + Samples(HeldUpMs) < expected.Undelayed + _correction + _delay)
            {
                // Back before its audio can have been played: the provider has dropped what waited by now, however long audio takes there.
                Cut(Math.Max(now, _played));
            }

            return;
        }

        var delay = Math.Max(0, now - (expected.Undelayed + _correction));
        if (delay > Samples(LongestDelayMs))
        {
            return;
        }

        _delays[_measured++ % Measurements] = delay;
        _latency = delay;
        foreach (var measured in _delays.AsSpan(0, Math.Min(_measured, Measurements)))
        {
            _latency = Math.Min(_latency, measured);
        }

        if (expected.Run == _run && delay > _delay + Samples(HeldUpMs))
        {
            Shift(delay - _delay);
            _delay = delay;
        }
    }

    /// <summary>The call's clock turns out to have been so far ahead of what it said when the waiting audio came.</summary>
    public void Correct(long samples)
    {
        _correction += samples;
        Shift(samples);
    }

    /// <summary>Hands over what has been played by now.</summary>
    public void Advance(long now)
    {
        while (_head is { } block)
        {
            var position = block.Start + _shift + _playedOfHead;
            var due = (int)Math.Min(block.Count - _playedOfHead, now - position);
            if (due > 0)
            {
                track.Play(position, block.Samples.AsSpan(_playedOfHead, due));
                _playedOfHead += due;
                _played = position + due;
            }

            if (_playedOfHead < block.Count)
            {
                break;
            }

            _head = block.Next;
            _playedOfHead = 0;
            Return(block);
        }

        while (_holes.Count > 0 && _holes[0].End + _shift <= now)
        {
            track.Lose(_holes[0].Start + _shift, _holes[0].Length);
            _played = Math.Max(_played, _holes[0].End + _shift);
            _holes.RemoveAt(0);
        }
    }

    /// <summary>Drops what was not played: nobody will hear it.</summary>
    public void Drop()
    {
        while (_head is { } block)
        {
            _head = block.Next;
            Return(block);
        }

        _playedOfHead = 0;
        _holes.Clear();
        _marks.Clear();
        _cleared = long.MinValue;
        End = _played;
    }

    /// <summary>Drops, from there on, what was cleared; what was sent later stays where it is.</summary>
    private void Cut(long position)
    {
        var cut = position - _shift;
        if (cut >= _cleared)
        {
            return;
        }

        if (End - _shift <= _cleared)
        {
            End = position;
        }

        var block = _head;
        _head = _tail = null;
        while (block is not null)
        {
            var next = block.Next;
            block.Next = null;
            if (block.Start < _cleared)
            {
                block.Count = (int)Math.Min(block.Count, cut - block.Start);
            }

            if (block.Count > 0)
            {
                Link(block);
            }
            else
            {
                Return(block);
            }

            block = next;
        }

        _playedOfHead = _head is null ? 0 : _playedOfHead;
        for (var i = _holes.Count - 1; i >= 0; i--)
        {
            if (_holes[i].Start < _cleared)
            {
                _holes[i] = _holes[i] with { End = Math.Min(_holes[i].End, cut) };
            }
        }

        _holes.RemoveAll(hole => hole.Length <= 0);
        _cleared = cut;
    }

    /// <summary>Moves what waits, though never to before what has been handed over.</summary>
    private void Shift(long samples)
    {
        if (IsEmpty)
        {
            return;
        }

        var first = _head is null ? _holes[0].Start : _head.Start + _playedOfHead;
        samples = Math.Max(samples, _played - (first + _shift));
        _shift += samples;
        End += samples;
    }

    /// <summary>Puts audio behind what waits; returns how much of it there was room for.</summary>
    private int Append(ReadOnlySpan<short> samples)
    {
        var taken = 0;
        while (taken < samples.Length)
        {
            var block = _head is null ? null : _tail!;
            if (block is null || block.Count == PcmBlock.Capacity || block.Start + block.Count + _shift != End || block.Start < _cleared)
            {
                block = TryRent();
                if (block is null)
                {
                    break;
                }

                block.Start = End - _shift;
                Link(block);
            }

            var count = Math.Min(PcmBlock.Capacity - block.Count, samples.Length - taken);
            samples.Slice(taken, count).CopyTo(block.Samples.AsSpan(block.Count));
            block.Count += count;
            taken += count;
            End += count;
        }

        return taken;
    }

    private void LeaveHole(int samples)
    {
        var start = End - _shift;
        if (_holes.Count > 0 && _holes[^1].End == start)
        {
            start = _holes[^1].Start;
            _holes.RemoveAt(_holes.Count - 1);
        }

        End += samples;
        _holes.Add(new TrackGap(start, End - _shift));
    }

    private void Link(PcmBlock block)
    {
        if (_head is null)
        {
            _head = block;
        }
        else
        {
            _tail!.Next = block;
        }

        _tail = block;
    }

    private PcmBlock? TryRent()
    {
        if (_rented >= blocks.MaxPerRecording || blocks.TryRent() is not { } block)
        {
            return null;
        }

        _rented++;
        return block;
    }

    private void Return(PcmBlock block)
    {
        block.Next = null;
        _rented--;
        blocks.Return(block);
    }

    /// <summary>Marks come back in the order they were sent, and many agents give all of them one name.</summary>
    private bool TryTake(long now, ulong hash, out Mark mark)
    {
        mark = default;
        while (_marks.TryPeek(out var oldest) && oldest.ClearedAt < now - Samples(ClearedEchoMs))
        {
            _marks.Dequeue();
        }

        foreach (var waiting in _marks)
        {
            if (waiting.Hash == hash)
            {
                while (mark.Hash != hash)
                {
                    mark = _marks.Dequeue();
                }

                return true;
            }
        }

        return false;
    }

    /// <summary>FNV-1a, never 0: two names alike cost a measurement.</summary>
    private static ulong Hash(ReadOnlySpan<byte> name)
    {
        var hash = 14_695_981_039_346_656_037;
        foreach (var value in name)
        {
            hash = (hash ^ value) * 1_099_511_628_211;
        }

        return hash | 1;
    }

    private long Samples(int milliseconds) => (long)milliseconds * sampleRate / 1000;

    /// <summary>A mark on its way: where it comes back if nothing takes any time, in which run of audio, and when it was cleared.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Mark(ulong Hash, long Undelayed, int Run, long ClearedAt);
}
