namespace Burqi.Media.Tests.Fixtures;

/// <summary>Mu-law audio in which every sample can be told from its neighbours.</summary>
internal static class TestAudio
{
    public static byte[] Noise(int seed, int milliseconds)
    {
        var bytes = new byte[milliseconds * 8];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>16-bit audio in which every sample can be told from its neighbours.</summary>
    public static short[] Pcm(int seed, int milliseconds, int sampleRate = 16_000)
    {
        var samples = new short[milliseconds * sampleRate / 1000];
        new Random(seed).NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(samples.AsSpan()));
        return samples;
    }

    /// <summary>The sum of two tracks as a 32-bit sum clamped to 16 bits.</summary>
    public static short[] Mix(short[] a, short[] b) =>
        [.. a.Zip(b, (x, y) => (short)Math.Clamp(x + y, short.MinValue, short.MaxValue))];

    /// <summary>Equality of long audio, told by where it first differs.</summary>
    public static void ShouldSound(this short[] actual, short[] expected, string? what = null)
    {
        var same = actual.AsSpan().CommonPrefixLength(expected);
        (same == expected.Length && same == actual.Length).ShouldBeTrue(
            $"{what} differs from sample {same} on ({(same < actual.Length ? actual[same] : null)} for {(same < expected.Length ? expected[same] : null)}); {actual.Length} samples for {expected.Length}");
    }

    public static short[] Padded(short[] samples, int length) => [.. samples, .. new short[length - samples.Length]];
}
