using System.Buffers;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.Parts;

/// <summary>
/// The memory of all uploads of this process. Each upload has one buffer for the asking, so that none waits for another; those by which it
/// runs ahead of itself come from a stock that all share.
/// </summary>
internal sealed class PartBuffers(IOptions<PartOptions> options)
{
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
        if (!isOnlyOne && Interlocked.Add(ref _stock, -size) < 0)
        {
            Interlocked.Add(ref _stock, size);
            return null;
        }

        Count(size);
        return new PartBuffer(size, () =>
        {
            Count(-size);
            if (!isOnlyOne)
            {
                Interlocked.Add(ref _stock, size);
            }
        });
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
internal sealed class PartBuffer(int size, Action returned) : IDisposable
{
    private byte[]? _bytes = ArrayPool<byte>.Shared.Rent(size);

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
        if (_bytes is { } bytes)
        {
            _bytes = null;
            ArrayPool<byte>.Shared.Return(bytes);
            returned();
        }
    }

    private byte[] Bytes => _bytes ?? throw new ObjectDisposedException(nameof(PartBuffer));
}
