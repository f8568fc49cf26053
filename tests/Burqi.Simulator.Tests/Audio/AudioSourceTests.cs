using Burqi.Simulator.Audio;

namespace Burqi.Simulator.Tests.Audio;

public sealed class AudioSourceTests
{
    [Theory]
    [InlineData("caller")]
    [InlineData("callee")]
    public void Speech_OfEitherVoice_IsHalfAMinuteOfSound(string name)
    {
        var speech = AudioSource.Speech(name);

        speech.Length.ShouldBeGreaterThan(TimeSpan.FromSeconds(30));
        MuLaw.Decode(speech.Samples.Span).Count(s => Math.Abs(s) > 1000).ShouldBeGreaterThan(50_000);
    }

    [Fact]
    public void Speech_OfNobody_IsRefused() => Should.Throw<ArgumentException>(() => AudioSource.Speech("nobody"));

    [Fact]
    public void FromMuLaw_BrokenLastFrame_IsFilledWithSilence()
    {
        var source = AudioSource.FromMuLaw([1, 2, 3]);

        source.Length.ShouldBe(TimeSpan.FromMilliseconds(20));
        source.Samples.Span[..3].ToArray().ShouldBe([1, 2, 3]);
        source.Samples.Span[3..].ToArray().ShouldAllBe(b => b == MuLaw.Silence);
        source.Frame(1).ToArray().ShouldAllBe(b => b == MuLaw.Silence);
    }

    [Fact]
    public void Pattern_IsTheSameForASeedAndNeverSilent()
    {
        var pattern = AudioSource.Pattern(5, TimeSpan.FromSeconds(1)).Samples.ToArray();

        pattern.Length.ShouldBe(8000);
        pattern.ShouldBe(AudioSource.Pattern(5, TimeSpan.FromSeconds(1)).Samples.ToArray());
        pattern.ShouldNotBe(AudioSource.Pattern(6, TimeSpan.FromSeconds(1)).Samples.ToArray());
        MuLaw.Decode(pattern).ShouldNotContain((short)0);
    }
}
