using System.Buffers;

namespace Burqi.Media.Streams;

/// <summary>Puts one socket's messages together, in memory that grows to the longest allowed and is small again after it.</summary>
internal sealed class MessageBuffer(int maxBytes) : IDisposable
{
    private const int UsualBytes = 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(UsualBytes);
    private int _length;

    /// <summary>The longest message taken, in bytes.</summary>
    public int MaxBytes { get; set; } = maxBytes;

    /// <summary>Where the next piece goes; never empty.</summary>
    public Memory<byte> Free => _bytes.AsMemory(_length);

    /// <summary>What has come of the message.</summary>
    public ReadOnlyMemory<byte> Message => _bytes.AsMemory(0, _length);

    /// <summary>Takes note of a piece that was written; false when the message is longer than allowed.</summary>
    public bool TryAdvance(int count, bool isLast)
    {
        _length += count;
        if (isLast || _length < _bytes.Length)
        {
            return _length <= MaxBytes;
        }

        if (_bytes.Length >= MaxBytes)
        {
            return false;
        }

        Replace(Math.Min(2 * _bytes.Length, MaxBytes), _length);
        return true;
    }

    /// <summary>Makes room for the next message.</summary>
    public void Clear()
    {
        _length = 0;
        if (_bytes.Length > 64 * UsualBytes)
        {
            Replace(UsualBytes, 0);
        }
    }

    public void Dispose()
    {
        var bytes = _bytes;
        _bytes = [];
        if (bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private void Replace(int size, int kept)
    {
        var other = ArrayPool<byte>.Shared.Rent(size);
        _bytes.AsSpan(0, kept).CopyTo(other);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = other;
    }
}
