using Burqi.Media.Audio;
using Burqi.Media.Tests.Fixtures;

namespace Burqi.Media.Tests.Audio;

public class PcmMixerTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(1000)]
    [InlineData(4099)]
    public void Sum_AnyLength_EqualsTheClampedSum(int length)
    {
        var random = new Random(length);
        var a = Enumerable.Range(0, length).Select(_ => (short)random.Next(short.MinValue, short.MaxValue + 1)).ToArray();
        var b = Enumerable.Range(0, length).Select(_ => (short)random.Next(short.MinValue, short.MaxValue + 1)).ToArray();

        Mix(a, b).ShouldBe(TestAudio.Mix(a, b));
    }

    [Fact]
    public void Sum_BothAtTheirPeak_StaysAtThePeak() =>
        Mix([short.MaxValue, short.MinValue, short.MaxValue], [short.MaxValue, short.MinValue, short.MinValue])
            .ShouldBe([short.MaxValue, short.MinValue, -1]);

    [Fact]
    public void Sum_OfManyTracks_IsClampedOnceAtItsEnd() => Mix([30_000], [30_000], [-30_000]).ShouldBe([30_000]);

    [Fact]
    public void Interleave_TwoChannels_PutsTheLeftFirst()
    {
        var stereo = new short[6];

        PcmMixer.Interleave([1, 2, 3], [-1, -2, -3], stereo);

        stereo.ShouldBe([1, -1, 2, -2, 3, -3]);
    }

    private static short[] Mix(params short[][] tracks)
    {
        var sum = new int[tracks[0].Length];
        foreach (var track in tracks)
        {
            PcmMixer.Add(sum, track);
        }

        var mix = new short[sum.Length];
        PcmMixer.Saturate(sum, mix);
        return mix;
    }
}
