using Burqi.Media.Audio;

namespace Burqi.Media.Tests.Audio;

public class ResamplerTests
{
    [Theory]
    [InlineData(300)]
    [InlineData(1000)]
    [InlineData(2000)]
    [InlineData(3000)]
    [InlineData(3400)]
    public void Tone_FromEightToSixteenKilohertz_StaysAndHasNoImage(int frequency)
    {
        var output = Resample(Tone(frequency, 8000, 1), 8000, 16_000);

        Level(output, frequency, 16_000).ShouldBe(0, 0.05);
        Level(output, 8000 - frequency, 16_000).ShouldBeLessThan(-80);
    }

    [Theory]
    [InlineData(16_000, 8000)]
    [InlineData(24_000, 8000)]
    [InlineData(48_000, 8000)]
    [InlineData(44_100, 8000)]
    [InlineData(24_000, 16_000)]
    [InlineData(48_000, 11_025)]
    public void Tone_AboveHalfTheNewRate_IsGone(int from, int to)
    {
        // Lower tones stay, and nothing comes back folded of those the new rate cannot hold.
        for (var frequency = 300; frequency < from / 2 - 100; frequency += 457)
        {
            var output = Resample(Tone(frequency, from, 0.5), from, to);
            if (frequency <= to * 0.44)
            {
                Level(output, frequency, to).ShouldBe(0, 0.1);
            }
            else if (frequency >= to * 0.5)
            {
                Level(output, Math.Abs(frequency - (int)Math.Round((double)frequency / to) * to), to).ShouldBeLessThan(-80, $"{frequency} Hz");
            }
        }
    }

    [Theory]
    [InlineData(8000, 16_000)]
    [InlineData(8000, 22_050)]
    [InlineData(8000, 24_000)]
    [InlineData(8000, 44_100)]
    [InlineData(8000, 11_025)]
    [InlineData(24_000, 16_000)]
    [InlineData(16_000, 8000)]
    [InlineData(44_100, 8000)]
    public void Audio_CutUpAnyHow_BecomesTheSame(int from, int to)
    {
        var random = new Random(5);
        var samples = Enumerable.Range(0, from / 2).Select(_ => (short)random.Next(-20_000, 20_000)).ToArray();
        var whole = Resample(samples, from, to);

        foreach (var piece in new[] { 1, 160, 999 })
        {
            Resample(samples, from, to, piece).ShouldBe(whole);
        }
    }

    [Theory]
    [InlineData(8000, 16_000, 0, 0)]
    [InlineData(8000, 16_000, 1, 2)]
    [InlineData(8000, 16_000, 8000, 16_000)]
    [InlineData(8000, 22_050, 80_000, 220_500)]
    [InlineData(24_000, 16_000, 24_000, 16_000)]
    [InlineData(16_000, 8000, 16_000, 8000)]
    [InlineData(16_000, 8000, 3, 2)]
    public void Length_IsExact(int from, int to, int samples, int expected)
    {
        new Resampler(from, to).OutputLength(samples).ShouldBe(expected);
        Resample(new short[samples], from, to).Length.ShouldBe(expected);
    }

    [Theory]
    [InlineData(8000, 16_000)]
    [InlineData(8000, 22_050)]
    [InlineData(16_000, 8000)]
    public void Impulse_StaysWhereItIs(int from, int to)
    {
        var samples = new short[from];
        samples[from / 2] = 20_000;

        var output = Resample(samples, from, to);

        Array.IndexOf(output, output.Max()).ShouldBe(to / 2);
    }

    [Theory]
    [InlineData(8000, 16_000)]
    [InlineData(8000, 22_050)]
    [InlineData(24_000, 8000)]
    public void Constant_StaysThatConstant(int from, int to)
    {
        var samples = new short[from];
        samples.AsSpan().Fill(12_345);

        var output = Resample(samples, from, to);

        output[(to / 10)..(to * 9 / 10)].ShouldAllBe(sample => sample == 12_345);
    }

    [Fact]
    public void Square_AtFullScale_SaturatesAndNeverWraps()
    {
        // A filtered square overshoots its corners by a tenth.
        var samples = Enumerable.Range(0, 8000).Select(i => i / 40 % 2 == 0 ? short.MaxValue : short.MinValue).ToArray();

        var output = Resample(samples, 8000, 16_000);

        output.Max().ShouldBe(short.MaxValue);
        for (var i = 200; i < 15_800; i++)
        {
            var within = i % 80;
            if (within is > 4 and < 76)
            {
                Math.Sign(output[i]).ShouldBe(i / 80 % 2 == 0 ? 1 : -1, $"sample {i}");
            }
        }
    }

    private static short[] Tone(int frequency, int rate, double seconds) =>
        [.. Enumerable.Range(0, (int)(rate * seconds)).Select(i => (short)Math.Round(16_384 * Math.Sin(2 * Math.PI * frequency * i / rate)))];

    private static short[] Resample(short[] samples, int from, int to, int piece = 4096)
    {
        var resampler = new Resampler(from, to);
        var output = new List<short>();
        var buffer = new short[resampler.MaxOutput(piece)];
        foreach (var chunk in samples.Chunk(piece))
        {
            output.AddRange(buffer.AsSpan(0, resampler.Process(chunk, buffer)));
        }

        output.AddRange(buffer.AsSpan(0, resampler.Finish(buffer)));
        return [.. output];
    }

    /// <summary>How loud one frequency is, in dB beside the tone that was sent; measured under a window that keeps its neighbours out.</summary>
    private static double Level(short[] samples, int frequency, int rate)
    {
        var middle = samples[(samples.Length / 8)..(samples.Length * 7 / 8)];
        var (re, im, gain) = (0.0, 0.0, 0.0);
        for (var i = 0; i < middle.Length; i++)
        {
            // Blackman-Harris: its side lobes lie below -92 dB.
            var t = 2 * Math.PI * i / middle.Length;
            var weight = 0.35875 - 0.48829 * Math.Cos(t) + 0.14128 * Math.Cos(2 * t) - 0.01168 * Math.Cos(3 * t);
            re += weight * middle[i] * Math.Cos(2 * Math.PI * frequency * i / rate);
            im += weight * middle[i] * Math.Sin(2 * Math.PI * frequency * i / rate);
            gain += weight;
        }

        return 20 * Math.Log10(2 * Math.Sqrt(re * re + im * im) / gain / 16_384 + 1e-12);
    }
}
