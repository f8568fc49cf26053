using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Burqi.Cli.Tests;

/// <summary>WAV files as this or that program writes them, right and wrong.</summary>
internal static class TestWav
{
    public static byte[] Pcm16(ReadOnlySpan<short> samples, int channels = 1, int rate = 8000) => File(1, channels, rate, 16, MemoryMarshal.AsBytes(samples));

    public static byte[] File(
        ushort tag, int channels, int rate, int bits, ReadOnlySpan<byte> data, uint? declaredData = null, uint? declaredRiff = null, byte[]? before = null, byte[]? after = null)
    {
        using var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write("RIFF"u8);
        writer.Write(0u);
        writer.Write("WAVE"u8);
        writer.Write(before ?? []);
        writer.Write("fmt "u8);
        writer.Write(16u);
        writer.Write(tag);
        writer.Write((ushort)channels);
        writer.Write((uint)rate);
        writer.Write((uint)(rate * channels * bits / 8));
        writer.Write((ushort)(channels * bits / 8));
        writer.Write((ushort)bits);
        writer.Write("data"u8);
        writer.Write(declaredData ?? (uint)data.Length);
        writer.Write(data);
        if (after is not null)
        {
            writer.Write(new byte[data.Length % 2]);
            writer.Write(after);
        }

        var bytes = file.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), declaredRiff ?? (uint)bytes.Length - 8);
        return bytes;
    }

    public static byte[] Chunk(string name, int length)
    {
        var chunk = new byte[8 + length];
        System.Text.Encoding.ASCII.GetBytes(name, chunk);
        BinaryPrimitives.WriteInt32LittleEndian(chunk.AsSpan(4), length);
        return chunk;
    }

    /// <summary>RF64 with the lengths given.</summary>
    public static byte[] Rf64(ReadOnlySpan<short> samples, long? declaredData = null)
    {
        var data = MemoryMarshal.AsBytes(samples);
        var ds64 = Chunk("ds64", 28);
        var bytes = File(1, 1, 8000, 16, data, uint.MaxValue, uint.MaxValue, before: ds64);
        "RF64"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(20), declaredData is null ? bytes.Length - 8 : 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(28), declaredData ?? data.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(36), (declaredData ?? data.Length) / 2);
        return bytes;
    }

    /// <summary>The samples of a canonical 16-bit file whose lengths must be true.</summary>
    public static short[] Read(byte[] file, int channels = 1, int rate = 8000)
    {
        file.AsSpan(0, 4).SequenceEqual("RIFF"u8).ShouldBeTrue();
        BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(4)).ShouldBe((uint)file.Length - 8);
        BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(20)).ShouldBe((ushort)1);
        BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(22)).ShouldBe((ushort)channels);
        BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(24)).ShouldBe((uint)rate);
        BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(34)).ShouldBe((ushort)16);
        BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(40)).ShouldBe((uint)file.Length - 44);
        return MemoryMarshal.Cast<byte, short>(file.AsSpan(44)).ToArray();
    }
}
