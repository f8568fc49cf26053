namespace Burqi.Media.Streams;

/// <summary>Remembers which of the last <see cref="Size"/> sequence numbers were seen.</summary>
internal sealed class SequenceWindow
{
    /// <summary>About 10 s of a two-track call.</summary>
    public const int Size = 1024;

    private readonly ulong[] _seen = new ulong[Size / 64];

    public long Highest { get; private set; } = MediaMessage.NoSequence;

    /// <summary>Notes a number; false when it was seen before. One too old to be remembered counts as new: its position decides.</summary>
    public bool TryAdd(long sequence)
    {
        if (sequence > Highest)
        {
            if (sequence - Highest >= Size)
            {
                Array.Clear(_seen);
            }
            else
            {
                for (var skipped = Highest + 1; skipped < sequence; skipped++)
                {
                    _seen[Slot(skipped)] &= ~Bit(skipped);
                }
            }

            Highest = sequence;
            _seen[Slot(sequence)] |= Bit(sequence);
            return true;
        }

        if (sequence <= Highest - Size)
        {
            return true;
        }

        var isNew = (_seen[Slot(sequence)] & Bit(sequence)) == 0;
        _seen[Slot(sequence)] |= Bit(sequence);
        return isNew;
    }

    /// <summary>Forgets all of them.</summary>
    public void Clear()
    {
        Array.Clear(_seen);
        Highest = MediaMessage.NoSequence;
    }

    private static int Slot(long sequence) => (int)(sequence & (Size - 1)) >> 6;

    private static ulong Bit(long sequence) => 1UL << (int)(sequence & 63);
}
