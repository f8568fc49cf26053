using Burqi.Simulator.Audio;

namespace Burqi.Simulator.Media;

/// <summary>
/// What a voice agent sent and the caller has not yet heard: played in order at the call's pace, its marks returned as they are reached,
/// dropped by a clear, which returns the marks in it at once.
/// </summary>
internal sealed class PlaybackQueue
{
    private readonly Lock sync = new();
    private readonly Queue<Item> items = new();
    private readonly Queue<string> reached = new();
    private int playedOfFirst;

    public bool IsEmpty
    {
        get
        {
            lock (sync)
            {
                return items.Count == 0;
            }
        }
    }

    public void Add(byte[] audio)
    {
        lock (sync)
        {
            items.Enqueue(new Item(audio, null));
        }
    }

    public void AddMark(string name)
    {
        lock (sync)
        {
            items.Enqueue(new Item([], name));
            ReturnMarksAtFront();
        }
    }

    public void Clear()
    {
        lock (sync)
        {
            foreach (var mark in items.Where(i => i.Mark is not null))
            {
                reached.Enqueue(mark.Mark!);
            }

            items.Clear();
            playedOfFirst = 0;
        }
    }

    /// <summary>The next 20 ms; silence where nothing is queued.</summary>
    public ReadOnlyMemory<byte> PlayFrame()
    {
        lock (sync)
        {
            ReturnMarksAtFront();
            if (items.Count == 0)
            {
                return AudioFrame.Silent;
            }

            var frame = AudioFrame.Silent.ToArray();
            var filled = 0;
            while (filled < frame.Length && items.TryPeek(out var first))
            {
                var taken = Math.Min(frame.Length - filled, first.Audio.Length - playedOfFirst);
                first.Audio.AsSpan(playedOfFirst, taken).CopyTo(frame.AsSpan(filled));
                filled += taken;
                playedOfFirst += taken;
                if (playedOfFirst == first.Audio.Length)
                {
                    items.Dequeue();
                    playedOfFirst = 0;
                    ReturnMarksAtFront();
                }
            }

            return frame;
        }
    }

    /// <summary>The marks reached, or cleared, since last asked.</summary>
    public List<string> TakeReachedMarks()
    {
        lock (sync)
        {
            List<string> taken = [.. reached];
            reached.Clear();
            return taken;
        }
    }

    private void ReturnMarksAtFront()
    {
        while (items.TryPeek(out var first) && first.Mark is not null)
        {
            reached.Enqueue(first.Mark);
            items.Dequeue();
        }
    }

    private sealed record Item(byte[] Audio, string? Mark);
}
