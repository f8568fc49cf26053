using System.Buffers.Binary;

namespace Burqi.Cli.Wav;

/// <summary>Writes the bytes before the audio so that they tell the truth, as RF64 (EBU Tech 3306) where 32 bits do not hold the lengths.</summary>
internal static class WavWriter
{
    private const int Ds64Length = 28;

    /// <summary>The header of 16-bit linear audio.</summary>
    public static byte[] Pcm16Header(int channels, int sampleRate, long dataLength)
    {
        Span<byte> format = stackalloc byte[24];
        "fmt "u8.CopyTo(format);
        BinaryPrimitives.WriteUInt32LittleEndian(format[4..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(format[8..], WavLayout.Pcm);
        BinaryPrimitives.WriteUInt16LittleEndian(format[10..], (ushort)channels);
        BinaryPrimitives.WriteUInt32LittleEndian(format[12..], (uint)sampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(format[16..], (uint)(sampleRate * channels * sizeof(short)));
        BinaryPrimitives.WriteUInt16LittleEndian(format[20..], (ushort)(channels * sizeof(short)));
        BinaryPrimitives.WriteUInt16LittleEndian(format[22..], 16);
        return Header(format, dataLength, channels * sizeof(short), trailing: 0);
    }

    /// <summary>The header around chunks that are kept as they are; a <c>ds64</c> among them is not.</summary>
    /// <param name="chunks">The chunks before the audio, whole.</param>
    /// <param name="dataLength">The audio's bytes.</param>
    /// <param name="blockAlign">Bytes of one sample of all channels.</param>
    /// <param name="trailing">Bytes that follow the audio, padding included.</param>
    public static byte[] Header(ReadOnlySpan<byte> chunks, long dataLength, int blockAlign, long trailing)
    {
        using var header = new MemoryStream();
        var needsRf64 = 12 + chunks.Length + 8 + dataLength + trailing - 8 > uint.MaxValue;
        var riff = 4 + chunks.Length + 8 + dataLength + trailing + (needsRf64 ? 8 + Ds64Length : 0);
        header.Write(needsRf64 ? "RF64"u8 : "RIFF"u8);
        Write32(header, needsRf64 ? uint.MaxValue : (uint)riff);
        header.Write("WAVE"u8);
        if (needsRf64)
        {
            header.Write("ds64"u8);
            Write32(header, Ds64Length);
            Write64(header, riff);
            Write64(header, dataLength);
            Write64(header, dataLength / blockAlign);
            Write32(header, 0);
        }

        header.Write(chunks);
        header.Write("data"u8);
        Write32(header, needsRf64 ? uint.MaxValue : (uint)dataLength);
        return header.ToArray();
    }

    private static void Write32(MemoryStream stream, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private static void Write64(MemoryStream stream, long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        stream.Write(bytes);
    }
}
