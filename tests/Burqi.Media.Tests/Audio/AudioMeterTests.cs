using Burqi.Media.Audio;

namespace Burqi.Media.Tests.Audio;

public class AudioMeterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(160)]
    [InlineData(100_000)]
    public void Facts_OfAudioCutUpAnyHow_AreThoseOfItsSamples(int pieces)
    {
        // A second of noise with both ends of the range in it, half a second silent, and half as quiet as can be without being silent.
        var random = new Random(1);
        var samples = new short[16_000];
        for (var i = 0; i < 8000; i++)
        {
            samples[i] = (short)random.Next(short.MinValue, short.MaxValue + 1);
        }

        (samples[17], samples[4000]) = (short.MinValue, short.MaxValue);
        samples.AsSpan(8000, 4000).Fill(32);
        samples.AsSpan(12_000).Fill(-33);

        var meter = new AudioMeter(new WavFormat(8000, 1));
        foreach (var piece in samples.Chunk(pieces))
        {
            meter.Add(piece);
        }

        meter.Read().ShouldBe(new AudioFacts(
            Peak: 32_768,
            Rms: (int)Math.Round(Math.Sqrt(samples.Average(sample => (double)sample * sample))),
            ClippedSamples: samples.Count(sample => sample is short.MinValue or short.MaxValue),
            SilentMs: 500));
    }

    [Fact]
    public void Facts_OfTheLoudestAudio_DoNotOverflow()
    {
        var samples = new short[100_000];
        samples.AsSpan().Fill(short.MinValue);
        var meter = new AudioMeter(new WavFormat(48_000, 2));
        meter.Add(samples);

        meter.Read().ShouldBe(new AudioFacts(32_768, 32_768, 100_000, 0));
    }

    [Fact]
    public void Facts_OfStereo_TellSilenceInTime()
    {
        var meter = new AudioMeter(new WavFormat(16_000, 2));
        meter.Add(new short[32_000]);

        meter.Read().ShouldBe(new AudioFacts(0, 0, 0, 1000));
    }

    [Fact]
    public void Facts_OfNothing_AreZero() => new AudioMeter(new WavFormat(8000, 1)).Read().ShouldBe(new AudioFacts(0, 0, 0, 0));
}
