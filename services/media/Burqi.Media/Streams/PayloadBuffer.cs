using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Burqi.Media.Streams;

/// <summary>A reader's own memory for the audio of one message: the message itself is passed on as it came, and so is never written to.</summary>
internal sealed class PayloadBuffer(int usualLength) : IDisposable
{
    /// <summary>What a message of unusual length needed is not kept.</summary>
    private const int LongestKept = 64 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(usualLength);
    private byte[] _unescaped = [];
    private int _length;

    /// <summary>What the last payload held.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Decodes the base64 text that <paramref name="json"/> stands on; false when it is none.</summary>
    public bool TryDecode(ref Utf8JsonReader json)
    {
        _length = 0;
        var text = json.ValueSpan;
        if (json.ValueIsEscaped)
        {
            // Some JSON writers escape the slashes of base64, others its plus signs.
            Grow(ref _unescaped, text.Length);
            text = _unescaped.AsSpan(0, json.CopyString(_unescaped));
        }

        Grow(ref _bytes, Base64.GetMaxDecodedFromUtf8Length(text.Length));
        return Base64.DecodeFromUtf8(text, _bytes, out _, out _length) == OperationStatus.Done;
    }

    public void Dispose()
    {
        Return(ref _bytes);
        Return(ref _unescaped);
        _length = 0;
    }

    private static void Grow(ref byte[] array, int length)
    {
        if (array.Length < length || (array.Length > LongestKept && length <= LongestKept / 2))
        {
            Return(ref array);
            array = ArrayPool<byte>.Shared.Rent(length);
        }
    }

    private static void Return(ref byte[] array)
    {
        var returned = array;
        array = [];
        if (returned.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(returned);
        }
    }
}
