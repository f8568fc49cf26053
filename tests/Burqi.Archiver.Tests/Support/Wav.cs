using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Burqi.Archiver.Tests.Support;

/// <summary>WAV files for tests: 16-bit PCM with samples that no two seeds share.</summary>
internal static class Wav
{
    public const int HeaderSize = 44;

    public static byte[] Create(int milliseconds, int channels = 1, int sampleRate = 8000, int seed = 1)
    {
        var samples = new byte[(long)milliseconds * sampleRate / 1000 * channels * 2];
        new Random(seed).NextBytes(samples);
        return [.. Header(samples.Length, channels, sampleRate), .. samples];
    }

    /// <summary>One channel of a file, from 1, as a file of its own.</summary>
    public static byte[] Channel(byte[] file, int channel, int channels = 2, int sampleRate = 8000)
    {
        var frames = (file.Length - HeaderSize) / (2 * channels);
        var samples = new byte[frames * 2];
        for (var i = 0; i < frames; i++)
        {
            file.AsSpan(HeaderSize + (((i * channels) + channel - 1) * 2), 2).CopyTo(samples.AsSpan(i * 2));
        }

        return [.. Header(samples.Length, 1, sampleRate), .. samples];
    }

    public static byte[] Silence(int milliseconds, int channels = 1, int sampleRate = 8000)
    {
        var size = milliseconds * sampleRate / 1000 * channels * 2;
        return [.. Header(size, channels, sampleRate), .. new byte[size]];
    }

    public static byte[] Header(long dataSize, int channels = 1, int sampleRate = 8000)
    {
        var header = new byte[HeaderSize];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), (uint)(dataSize + HeaderSize - 8));
        "WAVEfmt "u8.CopyTo(header.AsSpan(8));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(20), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(22), (ushort)channels);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(24), (uint)sampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), (uint)(sampleRate * channels * 2));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(32), (ushort)(channels * 2));
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(34), 16);
        "data"u8.CopyTo(header.AsSpan(36));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), (uint)dataSize);
        return header;
    }

    public static int Peak(byte[] file) =>
        Enumerable.Range(0, (file.Length - HeaderSize) / 2).Max(i => Math.Abs((int)BinaryPrimitives.ReadInt16LittleEndian(file.AsSpan(HeaderSize + (i * 2)))));

    public static string Sha256(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
