using System.Buffers.Binary;

namespace Burqi.Media.Audio;

/// <summary>
/// What stands before the samples of a 16-bit PCM WAV: 44 bytes, or 80 where the file may become longer than a WAV's 32-bit lengths can
/// say. The 36 bytes more are an empty chunk that every player skips, and become RF64's 64-bit lengths when those are needed. While a file
/// grows both lengths stand at their maximum: players then read to the end of the file, whereas a length that is too small cuts the audio
/// off in silence and a zero makes some players refuse the file.
/// </summary>
internal static class WavHeader
{
    public const int Length = 44;

    public const int LongLength = 80;

    private const uint UnknownLength = uint.MaxValue;
    private const int LongChunkLength = LongLength - Length - 8;

    /// <summary>The longest audio of a file with the short header, in bytes: the file's length has to be told as well, and the maximum means "unknown".</summary>
    private const long MaxDataBytes = UnknownLength - 1 - (Length - 8);

    /// <summary>How long the header must be for so many frames at the most.</summary>
    public static int LengthFor(WavFormat format, long maxFrames) =>
        maxFrames * format.BytesPerFrame <= MaxDataBytes ? Length : LongLength;

    /// <summary>The header of a file that is still growing; <paramref name="header"/> is as long as <see cref="LengthFor"/> says.</summary>
    public static void WriteGrowing(Span<byte> header, WavFormat format) =>
        Write(header, format, "RIFF"u8, UnknownLength, UnknownLength);

    /// <summary>The header of a finished file, as long as it was while the file grew.</summary>
    public static void WriteFinal(Span<byte> header, WavFormat format, long frames)
    {
        var data = frames * format.BytesPerFrame;
        var riff = data + header.Length - 8;
        if (riff < UnknownLength)
        {
            Write(header, format, "RIFF"u8, (uint)riff, (uint)data);
            return;
        }

        if (header.Length < LongLength)
        {
            throw new ArgumentException("The audio is too long for the room that its header was given.", nameof(frames));
        }

        Write(header, format, "RF64"u8, UnknownLength, UnknownLength);
        "ds64"u8.CopyTo(header[12..]);
        BinaryPrimitives.WriteInt64LittleEndian(header[20..], riff);
        BinaryPrimitives.WriteInt64LittleEndian(header[28..], data);
        BinaryPrimitives.WriteInt64LittleEndian(header[36..], frames);
    }

    private static void Write(Span<byte> header, WavFormat format, ReadOnlySpan<byte> magic, uint riffLength, uint dataLength)
    {
        header.Clear();
        magic.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], riffLength);
        "WAVE"u8.CopyTo(header[8..]);
        var rest = header[12..];
        if (header.Length == LongLength)
        {
            "JUNK"u8.CopyTo(rest);
            BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], LongChunkLength);
            rest = rest[(8 + LongChunkLength)..];
        }

        "fmt "u8.CopyTo(rest);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[8..], WavFile.Pcm);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[10..], (ushort)format.Channels);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[12..], (uint)format.SampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[16..], (uint)(format.SampleRate * format.BytesPerFrame));
        BinaryPrimitives.WriteUInt16LittleEndian(rest[20..], (ushort)format.BytesPerFrame);
        BinaryPrimitives.WriteUInt16LittleEndian(rest[22..], WavFormat.BytesPerSample * 8);
        "data"u8.CopyTo(rest[24..]);
        BinaryPrimitives.WriteUInt32LittleEndian(rest[28..], dataLength);
    }
}
