using System.Buffers.Binary;

namespace Burqi.Media.Audio;

/// <summary>
/// The 44 bytes before the samples of a mono 16-bit PCM WAV. While a file grows both lengths stand at their maximum: players then read to
/// the end of the file, whereas a length that is too small cuts the audio off in silence and a zero makes some players refuse the file.
/// </summary>
internal static class WavHeader
{
    public const int Length = 44;
    public const int BytesPerSample = sizeof(short);

    private const uint UnknownLength = uint.MaxValue;

    /// <summary>The header of a file that is still growing.</summary>
    public static void WriteGrowing(Span<byte> header, int sampleRate) => Write(header, sampleRate, UnknownLength, UnknownLength);

    /// <summary>The header of a finished file.</summary>
    public static void WriteFinal(Span<byte> header, int sampleRate, long samples)
    {
        // The longest recording allowed is far below 4 GiB; a caller that breaks that rule must not write a header that lies.
        var data = checked((uint)(samples * BytesPerSample));
        Write(header, sampleRate, checked(data + Length - 8), data);
    }

    private static void Write(Span<byte> header, int sampleRate, uint riffLength, uint dataLength)
    {
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], riffLength);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], 1); // PCM
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], 1); // channels
        BinaryPrimitives.WriteUInt32LittleEndian(header[24..], (uint)sampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], (uint)(sampleRate * BytesPerSample));
        BinaryPrimitives.WriteUInt16LittleEndian(header[32..], BytesPerSample);
        BinaryPrimitives.WriteUInt16LittleEndian(header[34..], BytesPerSample * 8);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], dataLength);
    }
}
