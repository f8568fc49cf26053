using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Burqi.Media.Audio;

/// <summary>What a WAV file says of itself, read chunk by chunk: other programs put theirs before the samples, so no offset is taken for granted.</summary>
internal sealed record WavFile
{
    public const ushort Pcm = 1;

    private const ushort Extensible = 0xFFFE;
    private const int MaxChunks = 100;

    /// <summary>WAVE's format tag: 1 for PCM, 7 for mu-law; of the extensible kind the one inside it.</summary>
    public required int FormatTag { get; init; }

    public required int BitsPerSample { get; init; }

    public required WavFormat Format { get; init; }

    /// <summary>Where the audio begins, in bytes.</summary>
    public required long DataOffset { get; init; }

    /// <summary>The audio's length in bytes: what the header says, but no more than there is; where it says "unknown", all there is.</summary>
    public required long DataLength { get; init; }

    /// <summary>Whether the header's length agrees with the file's.</summary>
    public required bool IsWhole { get; init; }

    /// <summary>Reads the header; null when the file is no WAV with audio in it.</summary>
    public static WavFile? TryRead(SafeFileHandle file)
    {
        Span<byte> bytes = stackalloc byte[40];
        var fileLength = RandomAccess.GetLength(file);
        if (Read(file, bytes[..12], 0) < 12 || !(bytes.StartsWith("RIFF"u8) || bytes.StartsWith("RF64"u8)) || !bytes[8..12].SequenceEqual("WAVE"u8))
        {
            return null;
        }

        long? longData = null;
        (int Tag, int Bits, WavFormat Format)? format = null;
        long offset = 12;
        for (var chunks = 0; chunks < MaxChunks && Read(file, bytes[..8], offset) == 8; chunks++)
        {
            long length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            if (bytes.StartsWith("data"u8))
            {
                return format is { } f ? Describe(f, offset + 8, length == uint.MaxValue ? longData : length, fileLength) : null;
            }

            if (bytes.StartsWith("ds64"u8) && length >= 16 && Read(file, bytes[..16], offset + 8) == 16)
            {
                longData = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
            }
            else if (bytes.StartsWith("fmt "u8) && length >= 16)
            {
                format = ReadFormat(bytes[..Read(file, bytes[..(int)Math.Min(length, bytes.Length)], offset + 8)]);
            }

            // Chunks begin at even offsets.
            offset += 8 + length + (length & 1);
        }

        return null;
    }

    private static (int Tag, int Bits, WavFormat Format)? ReadFormat(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < 16)
        {
            return null;
        }

        int tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        var rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        if (tag == Extensible && chunk.Length >= 26)
        {
            tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]);
        }

        return channels is > 0 and <= 64 && rate is > 0 and <= 768_000 && bits is > 0 and <= 64 ? (tag, bits, new WavFormat((int)rate, channels)) : null;
    }

    private static WavFile Describe((int Tag, int Bits, WavFormat Format) format, long offset, long? said, long fileLength)
    {
        var present = Math.Max(0, fileLength - offset);
        return new()
        {
            FormatTag = format.Tag,
            BitsPerSample = format.Bits,
            Format = format.Format,
            DataOffset = offset,
            DataLength = said is { } length and >= 0 ? Math.Min(length, present) : present,
            IsWhole = said >= 0 && said <= present,
        };
    }

    private static int Read(SafeFileHandle file, Span<byte> bytes, long offset)
    {
        var read = 0;
        while (read < bytes.Length && RandomAccess.Read(file, bytes[read..], offset + read) is var count and > 0)
        {
            read += count;
        }

        return read;
    }
}
