using System.Buffers.Binary;

namespace Burqi.Cli.Wav;

/// <summary>
/// Where things lie in a WAV file, read without trusting its lengths (RIFF: Microsoft and IBM, 1991; RF64: EBU Tech 3306). All offsets and
/// lengths are bytes.
/// </summary>
internal sealed record WavLayout
{
    public const ushort Pcm = 1;
    public const ushort Float = 3;
    public const ushort MuLaw = 7;
    public const ushort Extensible = 0xFFFE;

    private const uint Unknown = uint.MaxValue;
    private const int ChunkHeader = 8;

    /// <summary>More chunks before the audio than anyone writes: what follows is not a WAV file's structure.</summary>
    private const int MostChunks = 64;

    public required bool IsRf64 { get; init; }

    /// <summary>The sample format's tag; an extensible format's own.</summary>
    public required ushort FormatTag { get; init; }

    public required int Channels { get; init; }

    /// <summary>Samples per second and channel.</summary>
    public required int SampleRate { get; init; }

    public required int BitsPerSample { get; init; }

    /// <summary>The bytes of one sample of all channels.</summary>
    public required int BlockAlign { get; init; }

    /// <summary>Where the chunks before the audio end: the <c>data</c> chunk's own header, where there is one, follows.</summary>
    public required long ChunksEnd { get; init; }

    /// <summary>The first byte of the audio.</summary>
    public required long DataOffset { get; init; }

    /// <summary>What the header says there is of audio; null where it says that it does not know.</summary>
    public required long? DeclaredData { get; init; }

    /// <summary>What the header says of the whole file behind its first 8 bytes; null where it says that it does not know.</summary>
    public required long? DeclaredRiff { get; init; }

    public required long FileLength { get; init; }

    /// <summary>Where the chunks behind the audio begin, when the declared length leads to intact ones; otherwise the end of the file.</summary>
    public required long DataEnd { get; init; }

    /// <summary>The audio that is really there, in whole samples.</summary>
    public long ActualData => Math.Max(0, DataEnd - DataOffset) / BlockAlign * BlockAlign;

    /// <summary>The audio's length in ms.</summary>
    public long DurationMs => ActualData / BlockAlign * 1000 / SampleRate;

    /// <summary>Whether both lengths say what is there.</summary>
    public bool LengthsAreTrue => DeclaredData == DataEnd - DataOffset && DeclaredData % BlockAlign == 0 && DeclaredRiff == FileLength - ChunkHeader;

    /// <summary>Reads the layout; null when the file has no usable header.</summary>
    public static WavLayout? TryRead(Stream file)
    {
        Span<byte> header = stackalloc byte[12];
        file.Position = 0;
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length
            || !(header[..4].SequenceEqual("RIFF"u8) || header[..4].SequenceEqual("RF64"u8))
            || !header[8..].SequenceEqual("WAVE"u8))
        {
            return null;
        }

        var isRf64 = header[..4].SequenceEqual("RF64"u8);
        var riff = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        (long Riff, long Data)? sizes64 = null;
        byte[]? format = null;

        var chunk = header[..ChunkHeader];
        long offset = 12;
        for (var chunks = 0; chunks < MostChunks && offset + ChunkHeader <= file.Length; chunks++)
        {
            file.Position = offset;
            file.ReadExactly(chunk);
            long length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk[..4].SequenceEqual("data"u8))
            {
                return format is null
                    ? null
                    : Describe(file, isRf64, riff, sizes64, format, offset, offset + ChunkHeader, length);
            }

            if (format is not null && !IsChunkName(chunk[..4]))
            {
                // The header was cut off behind the format: what follows it is the audio.
                return Describe(file, isRf64: false, uint.MaxValue, null, format, offset, offset, uint.MaxValue);
            }

            if (chunk[..4].SequenceEqual("ds64"u8) && length >= 16 && offset + ChunkHeader + 16 <= file.Length)
            {
                var sizes = new byte[16];
                file.ReadExactly(sizes);
                sizes64 = (BinaryPrimitives.ReadInt64LittleEndian(sizes), BinaryPrimitives.ReadInt64LittleEndian(sizes.AsSpan(8)));
            }
            else if (chunk[..4].SequenceEqual("fmt "u8) && length is >= 16 and <= 1024 && offset + ChunkHeader + length <= file.Length)
            {
                format = new byte[length];
                file.ReadExactly(format);
            }

            offset += ChunkHeader + length + (length & 1);
        }

        return null;
    }

    private static WavLayout? Describe(
        Stream file, bool isRf64, uint riff, (long Riff, long Data)? sizes64, byte[] format, long chunksEnd, long dataOffset, long declared)
    {
        var tag = BinaryPrimitives.ReadUInt16LittleEndian(format);
        if (tag == Extensible && format.Length >= 26)
        {
            tag = BinaryPrimitives.ReadUInt16LittleEndian(format.AsSpan(24));
        }

        int channels = BinaryPrimitives.ReadUInt16LittleEndian(format.AsSpan(2));
        var rate = BinaryPrimitives.ReadUInt32LittleEndian(format.AsSpan(4));
        int align = BinaryPrimitives.ReadUInt16LittleEndian(format.AsSpan(12));
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(format.AsSpan(14));
        if (channels is 0 or > 64 || rate is 0 or > 768_000 || bits is 0 or > 64 || align != channels * ((bits + 7) / 8))
        {
            return null;
        }

        long? data = declared == Unknown ? (isRf64 ? sizes64?.Data : null) : declared;
        long? whole = riff == Unknown ? (isRf64 ? sizes64?.Riff : null) : riff;
        return new WavLayout
        {
            IsRf64 = isRf64,
            FormatTag = tag,
            Channels = channels,
            SampleRate = (int)rate,
            BitsPerSample = bits,
            BlockAlign = align,
            ChunksEnd = chunksEnd,
            DataOffset = dataOffset,
            DeclaredData = data,
            DeclaredRiff = whole,
            FileLength = file.Length,
            DataEnd = data is { } length && length <= file.Length - dataOffset && EndsInChunks(file, dataOffset + length + (length & 1))
                ? dataOffset + length
                : file.Length,
        };
    }

    private static bool IsChunkName(ReadOnlySpan<byte> name) => !name.ContainsAnyExceptInRange((byte)' ', (byte)'~');

    /// <summary>Whether what begins here is nothing, or chunks to the very end: then the length that led here is no lie.</summary>
    private static bool EndsInChunks(Stream file, long offset)
    {
        var chunk = new byte[ChunkHeader];
        for (var chunks = 0; chunks < MostChunks && offset + ChunkHeader <= file.Length; chunks++)
        {
            file.Position = offset;
            file.ReadExactly(chunk);
            if (!IsChunkName(chunk.AsSpan(0, 4)))
            {
                return false;
            }

            long length = BinaryPrimitives.ReadUInt32LittleEndian(chunk.AsSpan(4));
            offset += ChunkHeader + length + (length & 1);
        }

        // A last pad byte may be missing.
        return offset == file.Length || offset == file.Length + 1;
    }
}
