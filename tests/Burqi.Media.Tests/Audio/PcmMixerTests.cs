using Burqi.Media.Audio;
using Burqi.Media.Tests.Fixtures;

namespace Burqi.Media.Tests.Audio;

public class PcmMixerTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1000)]
    [InlineData(4099)]
    public void AddSaturated_AnyLength_EqualsTheClampedSum(int length)
    {
        var random = new Random(length);
        var a = Enumerable.Range(0, length).Select(_ => (short)random.Next(short.MinValue, short.MaxValue + 1)).ToArray();
        var b = Enumerable.Range(0, length).Select(_ => (short)random.Next(short.MinValue, short.MaxValue + 1)).ToArray();
        var expected = TestAudio.Mix(a, b);

        PcmMixer.AddSaturated(a, b);

        a.ShouldBe(expected);
    }

    [Fact]
    public void AddSaturated_BothAtTheirPeak_StaysAtThePeak()
    {
        short[] mix = [short.MaxValue, short.MinValue, short.MaxValue];

        PcmMixer.AddSaturated(mix, [short.MaxValue, short.MinValue, short.MinValue]);

        mix.ShouldBe([short.MaxValue, short.MinValue, -1]);
    }
}
