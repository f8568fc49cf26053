using System.Buffers.Binary;

namespace Burqi.Audio;

/// <summary>What a WAV file says of its samples: how they are written, and where they lie. RIFF and RF64 (EBU Tech 3306), plain and extensible.</summary>
/// <param name="Encoding">One of the constants of this type, or what else the file names.</param>
/// <param name="Channels">How many channels.</param>
/// <param name="SampleRate">Samples per second and channel.</param>
/// <param name="BitsPerSample">The room that a sample takes.</param>
/// <param name="FrameSize">How many bytes one sample of all channels takes.</param>
/// <param name="DataOffset">Where the samples begin.</param>
/// <param name="DataSize">How many bytes of samples follow; null where the writer did not know yet, so that the file's own length decides.</param>
internal sealed record WavLayout(int Encoding, int Channels, int SampleRate, int BitsPerSample, int FrameSize, long DataOffset, long? DataSize)
{
    public const int Pcm = 1;
    public const int Float = 3;
    public const int ALaw = 6;
    public const int MuLaw = 7;

    /// <summary>Room for the metadata that some writers put before the samples; no header of a recording is longer.</summary>
    public const int LongestHeader = 64 * 1024;

    private const int Extensible = 0xFFFE;
    private const int RiffHeader = 12;
    private const int ChunkHeader = 8;
    private const int SmallestFormat = 16;

    // The sub-format's first two bytes are the encoding; they lie behind the valid bits (2) and the speakers (4).
    private const int SubFormat = 24;
    private const uint Unknown = uint.MaxValue;

    /// <summary>How many bytes of whole frames a file of <paramref name="fileSize"/> bytes holds.</summary>
    public long SampleBytes(long fileSize)
    {
        var there = Math.Max(0, Math.Min(DataSize ?? long.MaxValue, fileSize - DataOffset));
        return there - (there % FrameSize);
    }

    /// <summary>Reads the chunks up to the samples; null when this is no such file, or its samples begin later than these bytes end.</summary>
    public static WavLayout? Read(ReadOnlySpan<byte> start)
    {
        if (start.Length < RiffHeader || !(start.StartsWith("RIFF"u8) || start.StartsWith("RF64"u8)) || !start[8..].StartsWith("WAVE"u8))
        {
            return null;
        }

        long? longSize = null;
        WavLayout? format = null;
        for (long at = RiffHeader; at + ChunkHeader <= start.Length;)
        {
            var chunk = start[(int)at..];
            var size = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            var content = chunk[ChunkHeader..];
            if (chunk.StartsWith("data"u8))
            {
                long? dataSize = size is 0 or Unknown ? longSize : size;
                return format is null ? null : format with { DataOffset = at + ChunkHeader, DataSize = dataSize };
            }

            if (chunk.StartsWith("ds64"u8) && content.Length >= 16)
            {
                var known = BinaryPrimitives.ReadUInt64LittleEndian(content[8..]);
                longSize = known is 0 or > long.MaxValue ? null : (long)known;
            }
            else if (chunk.StartsWith("fmt "u8))
            {
                if (size < SmallestFormat || content.Length < SmallestFormat || ReadFormat(content[..(int)Math.Min(size, content.Length)]) is not { } read)
                {
                    return null;
                }

                format = read;
            }

            at += ChunkHeader + size + (size & 1);
        }

        return null;
    }

    private static WavLayout? ReadFormat(ReadOnlySpan<byte> format)
    {
        int encoding = BinaryPrimitives.ReadUInt16LittleEndian(format);
        if (encoding == Extensible && format.Length >= SubFormat + 2)
        {
            encoding = BinaryPrimitives.ReadUInt16LittleEndian(format[SubFormat..]);
        }

        int channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        var sampleRate = BinaryPrimitives.ReadUInt32LittleEndian(format[4..]);
        int frameSize = BinaryPrimitives.ReadUInt16LittleEndian(format[12..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(format[14..]);
        return channels == 0 || sampleRate is 0 or > int.MaxValue || frameSize == 0
            ? null
            : new WavLayout(encoding, channels, (int)sampleRate, bits, frameSize, 0, null);
    }
}
