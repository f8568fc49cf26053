using System.Buffers.Binary;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Tests.Support;

namespace Burqi.Archiver.Tests.ArchiveRecording;

public sealed class WavHeaderTests
{
    [Fact]
    public void TryParse_PlainFile_TellsItsShape()
    {
        var file = Wav.Create(1500, channels: 2, sampleRate: 16_000);

        WavHeader.TryParse(file, out var header).ShouldBe(WavParse.Wav);

        header.ShouldNotBeNull().ShouldBe(new WavHeader(16_000, 2, 64_000, 44, file.Length - 44, file.Length, Is16BitPcm: true));
        header!.DurationMs(file.Length).ShouldBe(1500);
        header.IsTruncatedAt(file.Length).ShouldBeFalse();
        header.IsTruncatedAt(file.Length - 1).ShouldBeTrue();
    }

    [Fact]
    public void TryParse_AnyBeginningOfAHeader_WantsMore()
    {
        var header = Wav.Header(1000);
        for (var length = 0; length < header.Length; length++)
        {
            WavHeader.TryParse(header.AsSpan(0, length), out _).ShouldBe(WavParse.NeedsMore, $"{length} bytes");
        }
    }

    [Fact]
    public void TryParse_OtherChunksBeforeTheSamples_AreSteppedOver()
    {
        var plain = Wav.Header(1000);
        byte[] file = [.. plain[..36], .. "LIST"u8, 3, 0, 0, 0, 1, 2, 3, 0, .. plain[36..]];

        WavHeader.TryParse(file, out var header).ShouldBe(WavParse.Wav);

        header!.DataOffset.ShouldBe(36 + 12 + 8);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    public void TryParse_WriterDidNotKnowTheSizes_FileItselfDecides(uint unknown)
    {
        var file = Wav.Create(1000);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), unknown);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(40), unknown);

        WavHeader.TryParse(file, out var header).ShouldBe(WavParse.Wav);

        header!.DurationMs(file.Length).ShouldBe(1000);
        header.IsTruncatedAt(44).ShouldBeFalse();
    }

    [Fact]
    public void TryParse_LongerThanThirtyTwoBitsCanSay_FileItselfDecides()
    {
        var plain = Wav.Header(1000);
        byte[] unknown = [0xFF, 0xFF, 0xFF, 0xFF];
        byte[] file = [.. "RF64"u8, .. unknown, .. "WAVEds64"u8, 28, 0, 0, 0, .. new byte[28], .. plain[12..40], .. unknown];

        WavHeader.TryParse(file, out var header).ShouldBe(WavParse.Wav);

        const long size = 80 + 16_000L * 400_000;
        header!.DataOffset.ShouldBe(80);
        header.DurationMs(size).ShouldBe(400_000_000);
        header.IsTruncatedAt(size).ShouldBeFalse();
    }

    [Theory]
    [InlineData("<html><body>Service unavailable</body></html>")]
    [InlineData("RIFF....AVI LIST")]
    [InlineData("ID3")]
    public void TryParse_SomethingElse_IsNotWav(string content) =>
        WavHeader.TryParse(System.Text.Encoding.ASCII.GetBytes(content), out _).ShouldBe(WavParse.NotWav);

    [Theory]
    [InlineData(22, 3)] // channels
    [InlineData(24, 0)] // rate
    [InlineData(28, 1)] // bytes per second
    [InlineData(34, 8)] // bits per sample
    public void TryParse_NumbersThatContradictEachOther_AreNotWav(int at, byte value)
    {
        var file = Wav.Header(1000);
        file[at] = value;
        WavHeader.TryParse(file, out _).ShouldBe(WavParse.NotWav);
    }

    [Fact]
    public void TryParse_NoChannels_IsNotWav()
    {
        var file = Wav.Header(1000);
        file[22] = 0;
        WavHeader.TryParse(file, out _).ShouldBe(WavParse.NotWav);
    }
}
