using Microsoft.Extensions.Options;

namespace Burqi.Media.Streams;

/// <summary>A run of samples on its way from the socket to the file.</summary>
internal sealed class PcmBlock
{
    /// <summary>200 ms at 8 kHz: what may be in memory before it must be on its way to the file.</summary>
    public const int Capacity = 1600;

    public short[] Samples { get; } = new short[Capacity];

    public RecordedTrack Track { get; set; } = RecordedTrack.None;

    /// <summary>Where on the timeline the first sample lies.</summary>
    public long Start { get; set; }

    public int Count { get; set; }

    public PcmBlock? Next { get; set; }
}

/// <summary>
/// The blocks of all streams: one holds blocks only while it has audio that is not yet in the file. Their number is what bounds the memory
/// that a disk can cost which is slow, or hangs.
/// </summary>
internal sealed class PcmBlockPool(IOptions<MediaOptions> options)
{
    /// <summary>The share of all blocks that one recording may hold whatever the others do.</summary>
    private const int RecordingShare = 8;

    /// <summary>What is kept for reuse, about 3 MiB; what a passing congestion needed beyond it goes back to the collector.</summary>
    private const int MaxKept = 1024;

    private readonly int _maxBlocks = (int)(options.Value.BufferBytes / (PcmBlock.Capacity * sizeof(short)));
    private readonly Lock _gate = new();
    private PcmBlock? _free;
    private int _kept;
    private int _rented;

    /// <summary>How many blocks are in use.</summary>
    public int Rented => Volatile.Read(ref _rented);

    /// <summary>How many one recording may hold in any case.</summary>
    public int MaxPerRecording => _maxBlocks / RecordingShare;

    /// <summary>
    /// How many one recording may hold now: as many as are left for all others. One that is sent faster than real time, or all out of order,
    /// has half of them while the node is idle, and leaves the others theirs when it is not.
    /// </summary>
    public int MaxPerRecordingNow => Math.Max(MaxPerRecording, _maxBlocks - Rented);

    /// <summary>A block, or null when all that may be are in use.</summary>
    public PcmBlock? TryRent()
    {
        lock (_gate)
        {
            if (_rented == _maxBlocks)
            {
                return null;
            }

            _rented++;
            if (_free is { } block)
            {
                _free = block.Next;
                _kept--;
                block.Next = null;
                return block;
            }
        }

        return new PcmBlock();
    }

    /// <summary>Lets go of what is kept for reuse.</summary>
    public void Shrink()
    {
        lock (_gate)
        {
            _free = null;
            _kept = 0;
        }
    }

    public void Return(PcmBlock block)
    {
        block.Count = 0;
        lock (_gate)
        {
            _rented--;
            if (_kept < MaxKept)
            {
                block.Next = _free;
                _free = block;
                _kept++;
            }
        }
    }
}
