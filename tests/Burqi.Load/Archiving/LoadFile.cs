using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Burqi.Load.Archiving;

/// <summary>A WAV file of any size that nobody has to keep: a header, and noise again and again.</summary>
internal static class LoadFile
{
    public const int SampleRate = 8000;
    private const int HeaderSize = 44;

    private static readonly byte[] Noise = MakeNoise();

    /// <summary>The file in pieces that are not to be changed.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Of(long size)
    {
        yield return Header(size);
        for (var left = size - HeaderSize; left > 0; left -= Noise.Length)
        {
            yield return Noise.AsMemory(0, (int)Math.Min(left, Noise.Length));
        }
    }

    public static string Sha256(long size)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var piece in Of(size))
        {
            hash.AppendData(piece.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static byte[] Header(long size)
    {
        var header = new byte[HeaderSize];
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), (uint)(size - 8));
        "WAVEfmt "u8.CopyTo(header.AsSpan(8));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(16), 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(20), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(22), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(24), SampleRate);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), SampleRate * 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(32), 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(34), 16);
        "data"u8.CopyTo(header.AsSpan(36));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(40), (uint)(size - HeaderSize));
        return header;
    }

    private static byte[] MakeNoise()
    {
        var noise = new byte[1024 * 1024];
        new Random(1).NextBytes(noise);
        return noise;
    }
}
