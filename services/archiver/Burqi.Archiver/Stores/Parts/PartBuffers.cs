using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.Parts;

/// <summary>
/// The memory of all uploads of this process. They share a stock of it, and run ahead of themselves as far as that goes. Each has one buffer of its
/// own, whether or not there is any left, so that none waits for another.
/// </summary>
internal sealed class PartBuffers(IOptions<PartOptions> options)
{
    private const int LargestOfSharedPool = 128 * 1024;

    private readonly ConcurrentBag<byte[]> _spare = [];
    private long _stock = (long)options.Value.Parallel * PartSizes.Usual;
    private long _live;
    private long _most;

    /// <summary>How many parts of one upload may be under way at once.</summary>
    public int Parallel { get; } = options.Value.Parallel;

    /// <summary>The bytes in use at the moment.</summary>
    public long Live => Volatile.Read(ref _live);

    /// <summary>The most bytes that were ever in use at once.</summary>
    public long Most => Volatile.Read(ref _most);

    /// <summary>An upload begins, whose parts are of that size as a rule. Its own buffer is set aside at once: the others take no more ahead of themselves than leaves room for it.</summary>
    public PartShare Share(int size)
    {
        Interlocked.Add(ref _stock, -Held(size));
        return new PartShare(this, Held(size));
    }

    /// <summary>A buffer out of the stock; null when that is used up.</summary>
    internal PartBuffer? TryRent(int size)
    {
        var held = Held(size);
        if (Interlocked.Add(ref _stock, -held) < 0)
        {
            Interlocked.Add(ref _stock, held);
            return null;
        }

        return Rent(size, () => Interlocked.Add(ref _stock, held));
    }

    /// <summary>A buffer for which that much was set aside. One that grew beyond it is taken from the stock as far, whether or not there is any left.</summary>
    internal PartBuffer RentOwn(int size, long setAside, Action givenBack)
    {
        var more = Math.Max(0, Held(size) - setAside);
        Interlocked.Add(ref _stock, -more);
        return Rent(size, () =>
        {
            Interlocked.Add(ref _stock, more);
            givenBack();
        });
    }

    /// <summary>What was set aside for an upload that has ended.</summary>
    internal void GiveUp(long setAside) => Interlocked.Add(ref _stock, setAside);

    private static long Held(int size) => size <= LargestOfSharedPool ? size : Math.Max(size, PartSizes.Usual);

    private PartBuffer Rent(int size, Action givenBack)
    {
        Count(Held(size));
        return new PartBuffer(Take(size), size, bytes =>
        {
            Return(bytes);
            Count(-Held(size));
            givenBack();
        });
    }

    /// <summary>
    /// Memory of the usual size is kept here: it is filled on one thread and given back on another, and the shared pool would keep a piece of it for
    /// each of them. None of it is let go: the garbage collector would leave what is dropped lying for long, and new memory be taken beside it.
    /// </summary>
    private byte[] Take(int size) => size switch
    {
        <= LargestOfSharedPool => ArrayPool<byte>.Shared.Rent(size),
        <= PartSizes.Usual => _spare.TryTake(out var bytes) ? bytes : GC.AllocateUninitializedArray<byte>(PartSizes.Usual),
        _ => GC.AllocateUninitializedArray<byte>(size),
    };

    private void Return(byte[] bytes)
    {
        if (bytes.Length < PartSizes.Usual)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
        else if (bytes.Length == PartSizes.Usual)
        {
            _spare.Add(bytes);
        }
    }

    private void Count(long bytes)
    {
        var live = Interlocked.Add(ref _live, bytes);
        for (var most = Most; live > most && Interlocked.CompareExchange(ref _most, live, most) is var seen && seen != most; most = seen)
        {
        }
    }
}

/// <summary>An upload's share of the memory. Disposed of when it takes no more buffers.</summary>
/// <param name="buffers">All of it.</param>
/// <param name="setAside">What is set aside for a buffer of its own.</param>
internal sealed class PartShare(PartBuffers buffers, long setAside) : IDisposable
{
    private bool _ownIsOut;
    private bool _disposed;

    /// <summary>A buffer for a part of that size: its own, or another while there are any; null otherwise. Not to be called by two at once.</summary>
    public PartBuffer? TryRent(int size)
    {
        if (Volatile.Read(ref _ownIsOut))
        {
            return buffers.TryRent(size);
        }

        _ownIsOut = true;
        return buffers.RentOwn(size, setAside, () => Volatile.Write(ref _ownIsOut, false));
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            buffers.GiveUp(setAside);
        }
    }
}

/// <summary>What a part is gathered in. Disposed of once, when it was sent.</summary>
internal sealed class PartBuffer(byte[] bytes, int size, Action<byte[]> giveBack) : IDisposable
{
    private byte[]? _bytes = bytes;

    public bool IsFull => Length == size;

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Content => Bytes.AsMemory(0, Length);

    /// <summary>Takes over as much as there is room for.</summary>
    /// <returns>How much that was.</returns>
    public int Fill(ReadOnlySpan<byte> content)
    {
        var taken = Math.Min(content.Length, size - Length);
        content[..taken].CopyTo(Bytes.AsSpan(Length));
        Length += taken;
        return taken;
    }

    /// <summary>The content as a stream that can be read again from its beginning.</summary>
    public Stream OpenRead() => new MemoryStream(Bytes, 0, Length, writable: false);

    public void Dispose()
    {
        if (_bytes is { } mine)
        {
            _bytes = null;
            giveBack(mine);
        }
    }

    private byte[] Bytes => _bytes ?? throw new ObjectDisposedException(nameof(PartBuffer));
}
