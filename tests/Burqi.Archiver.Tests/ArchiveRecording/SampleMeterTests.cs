using System.Runtime.InteropServices;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Tests.Support;

namespace Burqi.Archiver.Tests.ArchiveRecording;

public sealed class SampleMeterTests
{
    /// <summary>However the file is cut into pieces, each channel is measured by its own samples.</summary>
    [Theory]
    [InlineData(1, 1000)]
    [InlineData(2, 1000)]
    [InlineData(2, 14)]
    [InlineData(3, 1000)]
    [InlineData(4, 46)]
    [InlineData(6, 1002)]
    [InlineData(8, 2)]
    public void Add_AnyChannelsInAnyPieces_MeasuresEachByItself(int channels, int piece)
    {
        const int Frames = 5000;
        for (var loud = 0; loud < channels; loud++)
        {
            var samples = new short[Frames * channels];
            samples[(4321 * channels) + loud] = short.MinValue;
            byte[] file = [.. Wav.Header(samples.Length * sizeof(short), channels), .. MemoryMarshal.AsBytes(samples.AsSpan())];
            WavHeader.TryParse(file, out var header).ShouldBe(WavParse.Wav);
            var meter = SampleMeter.For(header).ShouldNotBeNull();

            for (var at = 0; at < file.Length; at += piece)
            {
                meter.Add(file.AsSpan(at, Math.Min(piece, file.Length - at)));
            }

            (meter.Peak, meter.SilentChannels).ShouldBe((32768, channels - 1));
        }
    }
}
