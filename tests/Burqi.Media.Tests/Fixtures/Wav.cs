using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Burqi.Media.Tests.Fixtures;

/// <summary>A WAV file as a player reads it: strict about the header, and to the end of the file where the lengths say "unknown".</summary>
internal sealed record Wav(int SampleRate, short[] Samples, bool IsFinal)
{
    public static Wav Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);

        bytes.Length.ShouldBeGreaterThanOrEqualTo(44, path);
        bytes[..4].ShouldBe("RIFF"u8.ToArray());
        bytes[8..16].ShouldBe("WAVEfmt "u8.ToArray());
        UInt32(bytes, 16).ShouldBe(16u);
        UInt16(bytes, 20).ShouldBe((ushort)1);
        UInt16(bytes, 22).ShouldBe((ushort)1);
        UInt32(bytes, 28).ShouldBe(UInt32(bytes, 24) * 2);
        UInt16(bytes, 32).ShouldBe((ushort)2);
        UInt16(bytes, 34).ShouldBe((ushort)16);
        bytes[36..40].ShouldBe("data"u8.ToArray());

        var growing = UInt32(bytes, 40) == uint.MaxValue;
        if (growing)
        {
            UInt32(bytes, 4).ShouldBe(uint.MaxValue);
        }
        else
        {
            UInt32(bytes, 4).ShouldBe((uint)bytes.Length - 8);
            UInt32(bytes, 40).ShouldBe((uint)bytes.Length - 44);
        }

        return new Wav((int)UInt32(bytes, 24), MemoryMarshal.Cast<byte, short>(bytes.AsSpan(44, (bytes.Length - 44) & ~1)).ToArray(), !growing);
    }

    private static uint UInt32(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(offset));

    private static ushort UInt16(byte[] bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(offset));
}
