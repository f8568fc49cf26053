using System.Runtime.InteropServices;
using Burqi.Cli.Repair;

namespace Burqi.Cli.Tests.Repair;

public sealed class MuLawDetectorTests
{
    public static TheoryData<string> Sounds => [.. TestSounds.All.Keys];

    [Theory]
    [MemberData(nameof(Sounds))]
    public void LinearAudio_OfAnyKind_IsNeverTakenForMuLaw(string sound)
    {
        var samples = TestSounds.All[sound]();

        Detect(MemoryMarshal.AsBytes<short>(samples), 16, 1).ShouldBeFalse("16 bit");
        Detect(MemoryMarshal.AsBytes<short>([.. samples.SelectMany(s => new[] { s, (short)(s / 3) })]), 16, 2).ShouldBeFalse("stereo");
        Detect([.. samples.Select(s => (byte)((s >> 8) + 128))], 8, 1).ShouldBeFalse("8 bit");
    }

    [Theory]
    [InlineData("caller")]
    [InlineData("callee")]
    [InlineData("tone")]
    [InlineData("quiet tone")]
    public void MuLaw_UnderALinearHeader_IsFound(string sound)
    {
        var bytes = TestSounds.Encode(TestSounds.All[sound]());

        Detect(bytes, 16, 1).ShouldBeTrue("16 bit");
        Detect(bytes, 8, 1).ShouldBeTrue("8 bit");
        Detect(bytes.AsSpan(0, bytes.Length / 2), 16, 1).ShouldBeTrue("the first half of it");
    }

    [Fact]
    public void TooLittleAudio_ProvesNothing() => Detect(TestSounds.Encode(TestSounds.All["tone"]()).AsSpan(0, 1000), 16, 1).ShouldBeFalse();

    private static bool Detect(ReadOnlySpan<byte> bytes, int bits, int channels)
    {
        var detector = new MuLawDetector(bits, channels);
        detector.Add(bytes);
        return detector.IsMuLaw();
    }
}
