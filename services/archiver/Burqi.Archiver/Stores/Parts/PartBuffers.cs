using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.Parts;

/// <summary>
/// The memory of all uploads of this process. They share a stock of it, and run ahead of themselves as far as that goes. Each has one buffer for
/// the asking, whether or not there is any left, so that none waits for another.
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

    /// <summary>A buffer for a part of that size; null when the stock is used up, and it is not the upload's only one.</summary>
    public PartBuffer? TryRent(int size, bool isOnlyOne)
    {
        var held = size <= LargestOfSharedPool ? size : Math.Max(size, PartSizes.Usual);
        if (Interlocked.Add(ref _stock, -held) < 0 && !isOnlyOne)
        {
            Interlocked.Add(ref _stock, held);
            return null;
        }

        Count(held);
        return new PartBuffer(Take(size), size, bytes =>
        {
            Return(bytes);
            Count(-held);
            Interlocked.Add(ref _stock, held);
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

    private void Count(int bytes)
    {
        var live = Interlocked.Add(ref _live, bytes);
        for (var most = Most; live > most && Interlocked.CompareExchange(ref _most, live, most) is var seen && seen != most; most = seen)
        {
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
