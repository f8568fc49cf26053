using System.Buffers.Binary;

namespace Burqi.Archiver.ArchiveRecording;

/// <summary>What the first bytes of a WAV file say about the rest.</summary>
/// <param name="SampleRate">Samples per second and channel.</param>
/// <param name="Channels">How many channels.</param>
/// <param name="BytesPerSecond">Of all channels.</param>
/// <param name="DataOffset">Where the samples begin.</param>
/// <param name="DataSize">How many bytes of samples follow; null where the writer did not know yet.</param>
/// <param name="FileSize">How long the whole file is; null where the writer did not know yet.</param>
/// <param name="Is16BitPcm">Whether the samples are plain 16-bit ones.</param>
internal sealed record WavHeader(int SampleRate, int Channels, int BytesPerSecond, int DataOffset, long? DataSize, long? FileSize, bool Is16BitPcm)
{
    private const int RiffHeader = 12;
    private const int ChunkHeader = 8;
    private const int SmallestFormat = 16;
    private const int Pcm = 1;

    // Writers that stream leave the sizes open with one of these.
    private const uint Unknown = uint.MaxValue;

    /// <summary>The length in ms for a file of <paramref name="fileSize"/> bytes.</summary>
    public long DurationMs(long fileSize) => Math.Min(DataSize ?? long.MaxValue, fileSize - DataOffset) * 1000 / BytesPerSecond;

    /// <summary>Whether a file of <paramref name="fileSize"/> bytes lacks some that the header promises.</summary>
    public bool IsTruncatedAt(long fileSize) => FileSize > fileSize || DataOffset + DataSize > fileSize;

    /// <summary>Reads the chunks up to the samples (RIFF/WAVE, little endian; chunks are padded to an even length).</summary>
    public static WavParse TryParse(ReadOnlySpan<byte> start, out WavHeader? header)
    {
        header = null;
        // RF64 is what is longer than these 32-bit sizes can say: they stand open, and the file itself decides.
        if (!(Begins(start, 0, "RIFF"u8) || Begins(start, 0, "RF64"u8)) || !Begins(start, 8, "WAVE"u8))
        {
            return WavParse.NotWav;
        }

        if (start.Length < RiffHeader)
        {
            return WavParse.NeedsMore;
        }

        var riffSize = BinaryPrimitives.ReadUInt32LittleEndian(start[4..]);
        (int Rate, int Channels, int BytesPerSecond, bool Is16BitPcm)? format = null;
        for (long at = RiffHeader; ;)
        {
            if (at + ChunkHeader > start.Length)
            {
                return WavParse.NeedsMore;
            }

            var chunk = start[(int)at..];
            var size = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk[..4].SequenceEqual("data"u8))
            {
                if (format is not { } known)
                {
                    return WavParse.NotWav;
                }

                // An empty recording has size 0 and nothing after it; a streamed one has 0 and samples. Either way the file's own length decides.
                long? dataSize = size is 0 or Unknown ? null : size;
                long? fileSize = riffSize is 0 or Unknown || dataSize is null ? null : riffSize + 8L;
                header = new WavHeader(known.Rate, known.Channels, known.BytesPerSecond, (int)at + ChunkHeader, dataSize, fileSize, known.Is16BitPcm);
                return WavParse.Wav;
            }

            if (chunk[..4].SequenceEqual("fmt "u8))
            {
                if (size < SmallestFormat)
                {
                    return WavParse.NotWav;
                }

                if (chunk.Length < ChunkHeader + SmallestFormat)
                {
                    return WavParse.NeedsMore;
                }

                var channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[10..]);
                var rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[12..]);
                var bytesPerSecond = BinaryPrimitives.ReadUInt32LittleEndian(chunk[16..]);
                var bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[22..]);
                var frame = channels * bits / 8;
                var isPcm = BinaryPrimitives.ReadUInt16LittleEndian(chunk[8..]) == Pcm;
                var contradicts = isPcm && bytesPerSecond != (ulong)rate * (uint)frame;
                if (channels is 0 || rate is 0 or > int.MaxValue || bytesPerSecond is 0 or > int.MaxValue || contradicts)
                {
                    return WavParse.NotWav;
                }

                format = ((int)rate, channels, (int)bytesPerSecond, isPcm && bits == 16);
            }

            at += ChunkHeader + size + (size & 1);
        }
    }

    private static bool Begins(ReadOnlySpan<byte> start, int at, ReadOnlySpan<byte> magic)
    {
        var there = start.Length > at ? start[at..Math.Min(start.Length, at + magic.Length)] : [];
        return there.SequenceEqual(magic[..there.Length]);
    }
}

/// <summary>What <see cref="WavHeader.TryParse"/> found.</summary>
internal enum WavParse
{
    /// <summary>A header, whole.</summary>
    Wav,

    /// <summary>So far it may be one.</summary>
    NeedsMore,

    /// <summary>Something else.</summary>
    NotWav,
}
