using System.Numerics;
using System.Runtime.InteropServices;

namespace Burqi.Media.Audio;

/// <summary>Sums tracks of one timeline.</summary>
internal static class PcmMixer
{
    /// <summary>Adds <paramref name="track"/> to <paramref name="sum"/>, sample by sample. 32 bits hold the loudest moment of 65,536 tracks.</summary>
    public static void Add(Span<int> sum, ReadOnlySpan<short> track)
    {
        track = track[..sum.Length];
        var addends = MemoryMarshal.Cast<short, Vector<short>>(track);
        var sums = MemoryMarshal.Cast<int, Vector<int>>(sum);
        for (var i = 0; i < addends.Length; i++)
        {
            Vector.Widen(addends[i], out var low, out var high);
            sums[2 * i] += low;
            sums[2 * i + 1] += high;
        }

        for (var i = addends.Length * Vector<short>.Count; i < track.Length; i++)
        {
            sum[i] += track[i];
        }
    }

    /// <summary>Clamps the sum to 16 bits: it never wraps, which would turn two loud voices into noise.</summary>
    public static void Saturate(ReadOnlySpan<int> sum, Span<short> mix)
    {
        mix = mix[..sum.Length];
        var sums = MemoryMarshal.Cast<int, Vector<int>>(sum);
        var mixed = MemoryMarshal.Cast<short, Vector<short>>(mix);
        for (var i = 0; i < mixed.Length; i++)
        {
            mixed[i] = Vector.NarrowWithSaturation(sums[2 * i], sums[2 * i + 1]);
        }

        for (var i = mixed.Length * Vector<short>.Count; i < mix.Length; i++)
        {
            mix[i] = (short)Math.Clamp(sum[i], short.MinValue, short.MaxValue);
        }
    }

    /// <summary>Puts two channels together, the left one first.</summary>
    public static void Interleave(ReadOnlySpan<short> left, ReadOnlySpan<short> right, Span<short> stereo)
    {
        right = right[..left.Length];
        stereo = stereo[..(2 * left.Length)];
        for (var i = 0; i < left.Length; i++)
        {
            stereo[2 * i] = left[i];
            stereo[2 * i + 1] = right[i];
        }
    }
}
