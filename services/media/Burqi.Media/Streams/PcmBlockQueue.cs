namespace Burqi.Media.Streams;

/// <summary>
/// One recording's blocks between the socket, which must never wait, and the disk, which may. Blocks are limited: with a disk that
/// cannot follow, the socket gets no further block, what would have gone into it is counted as lost, and the call goes on.
/// </summary>
internal sealed class PcmBlockQueue(PcmBlockPool pool)
{
    private readonly Lock _gate = new();
    private PcmBlock? _head;
    private PcmBlock? _tail;
    private int _rented;

    /// <summary>A block to fill, or null when as many as allowed wait for the disk.</summary>
    public PcmBlock? TryRent()
    {
        if (Interlocked.Increment(ref _rented) <= pool.MaxPerRecordingNow && pool.TryRent() is { } block)
        {
            return block;
        }

        Interlocked.Decrement(ref _rented);
        return null;
    }

    public void Enqueue(PcmBlock block)
    {
        lock (_gate)
        {
            if (_tail is null)
            {
                _head = block;
            }
            else
            {
                _tail.Next = block;
            }

            _tail = block;
        }
    }

    public PcmBlock? TryDequeue()
    {
        lock (_gate)
        {
            if (_head is not { } block)
            {
                return null;
            }

            _head = block.Next;
            if (_head is null)
            {
                _tail = null;
            }

            block.Next = null;
            return block;
        }
    }

    public void Return(PcmBlock block)
    {
        pool.Return(block);
        Interlocked.Decrement(ref _rented);
    }
}
