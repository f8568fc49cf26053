using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Burqi.Media.Audio;

/// <summary>Sums two tracks of one timeline.</summary>
internal static class PcmMixer
{
    /// <summary>
    /// Adds <paramref name="other"/> to <paramref name="mix"/>, sample by sample. The sum saturates: it equals the 32-bit sum clamped to
    /// 16 bits and never wraps, which would turn two loud voices into noise.
    /// </summary>
    public static void AddSaturated(Span<short> mix, ReadOnlySpan<short> other)
    {
        other = other[..mix.Length];
        var sums = MemoryMarshal.Cast<short, Vector128<short>>(mix);
        var addends = MemoryMarshal.Cast<short, Vector128<short>>(other);
        for (var i = 0; i < sums.Length; i++)
        {
            sums[i] = Vector128.AddSaturate(sums[i], addends[i]);
        }

        for (var i = sums.Length * Vector128<short>.Count; i < mix.Length; i++)
        {
            mix[i] = (short)Math.Clamp(mix[i] + other[i], short.MinValue, short.MaxValue);
        }
    }
}
