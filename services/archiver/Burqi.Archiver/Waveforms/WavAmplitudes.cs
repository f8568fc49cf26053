using System.Buffers.Binary;
using Burqi.Audio;

namespace Burqi.Archiver.Waveforms;

/// <summary>How far the samples of a WAV file are from silence, for every way in which telephone systems write them.</summary>
internal static class WavAmplitudes
{
    private static readonly ushort[] MuLaw = [.. Enumerable.Range(0, 256).Select(value => MuLawAmplitude((byte)value))];
    private static readonly ushort[] ALaw = [.. Enumerable.Range(0, 256).Select(value => ALawAmplitude((byte)value))];

    private delegate ushort Sample(ReadOnlySpan<byte> sample);

    /// <summary>How many bytes a sample of the file takes.</summary>
    /// <exception cref="UndecodableException">Its samples are of a kind that is not known here.</exception>
    public static int SampleSize(WavLayout layout)
    {
        var isKnown = layout is { Encoding: WavLayout.Pcm, BitsPerSample: 8 or 16 or 24 or 32 } or { Encoding: WavLayout.Float, BitsPerSample: 32 or 64 }
            or { Encoding: WavLayout.ALaw or WavLayout.MuLaw, BitsPerSample: 8 };
        return isKnown && layout.FrameSize == layout.Channels * (layout.BitsPerSample / 8)
            ? layout.BitsPerSample / 8
            : throw new UndecodableException($"Its samples are written in a way that is not known here (format {layout.Encoding}, {layout.BitsPerSample} bits).");
    }

    /// <summary>Reads whole samples.</summary>
    /// <param name="layout">The file.</param>
    /// <param name="samples">The samples, the channels in turn.</param>
    /// <param name="amplitudes">Takes as many amplitudes.</param>
    public static void Read(WavLayout layout, ReadOnlySpan<byte> samples, Span<ushort> amplitudes)
    {
        switch (layout.Encoding, layout.BitsPerSample)
        {
            case (WavLayout.MuLaw, _):
                Look(samples, MuLaw, amplitudes);
                break;
            case (WavLayout.ALaw, _):
                Look(samples, ALaw, amplitudes);
                break;
            case (WavLayout.Pcm, 8): // unsigned, with silence in the middle
                Each(samples, 1, amplitudes, static sample => (ushort)(Math.Abs(sample[0] - 128) << 8));
                break;
            case (WavLayout.Pcm, 16):
                Each(samples, 2, amplitudes, static sample => (ushort)Math.Abs((int)BinaryPrimitives.ReadInt16LittleEndian(sample)));
                break;
            case (WavLayout.Pcm, 24): // the upper two of three bytes
                Each(samples, 3, amplitudes, static sample => (ushort)Math.Abs((int)BinaryPrimitives.ReadInt16LittleEndian(sample[1..])));
                break;
            case (WavLayout.Pcm, _):
                Each(samples, 4, amplitudes, static sample => (ushort)Math.Abs((int)BinaryPrimitives.ReadInt16LittleEndian(sample[2..])));
                break;
            case (_, 32):
                Each(samples, 4, amplitudes, static sample => OfFloat(BinaryPrimitives.ReadSingleLittleEndian(sample)));
                break;
            default:
                Each(samples, 8, amplitudes, static sample => OfFloat(BinaryPrimitives.ReadDoubleLittleEndian(sample)));
                break;
        }
    }

    private static void Look(ReadOnlySpan<byte> samples, ushort[] table, Span<ushort> amplitudes)
    {
        for (var i = 0; i < samples.Length; i++)
        {
            amplitudes[i] = table[samples[i]];
        }
    }

    private static void Each(ReadOnlySpan<byte> samples, int size, Span<ushort> amplitudes, Sample read)
    {
        for (var i = 0; i < samples.Length / size; i++)
        {
            amplitudes[i] = read(samples[(i * size)..]);
        }
    }

    // What is no number is no sound.
    private static ushort OfFloat(double sample) => double.IsNaN(sample) ? (ushort)0 : (ushort)(Math.Min(Math.Abs(sample), 1) * WaveformMeter.FullScale);

    /// <summary>ITU-T G.711, without the sign.</summary>
    private static ushort MuLawAmplitude(byte value)
    {
        var bits = ~value;
        return (ushort)(((((bits & 0x0F) << 3) + 0x84) << ((bits & 0x70) >> 4)) - 0x84);
    }

    /// <inheritdoc cref="MuLawAmplitude"/>
    private static ushort ALawAmplitude(byte value)
    {
        var bits = value ^ 0x55;
        var (mantissa, segment) = ((bits & 0x0F) << 4, (bits & 0x70) >> 4);
        return (ushort)(segment == 0 ? mantissa + 8 : (mantissa + 0x108) << (segment - 1));
    }
}
