using System.Globalization;
using Burqi.Media.Audio;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;

namespace Burqi.Media.Tests.Audio;

public class WavTests
{
    private static readonly WavFormat Stereo24k = new(24_000, 2);

    [Theory]
    [InlineData(8000, 1, 24, 44)]
    [InlineData(16_000, 1, 37, 44)]
    [InlineData(16_000, 1, 38, 80)]
    [InlineData(24_000, 2, 48, 80)]
    public void Header_OfSoManyHours_IsLongWhereTheyMayNotFit(int rate, int channels, int hours, int length) =>
        WavHeader.LengthFor(new WavFormat(rate, channels), hours * 3600L * rate).ShouldBe(length);

    [Fact]
    public void Header_Short_ForMoreThanFits_IsRefused() =>
        Should.Throw<ArgumentException>(() => WavHeader.WriteFinal(new byte[WavHeader.Length], Stereo24k, 1L << 30));

    [Theory]
    [InlineData(WavHeader.Length, 1000, false)]
    [InlineData(WavHeader.LongLength, 1000, false)]
    [InlineData(WavHeader.LongLength, 1000, true)]
    [InlineData(WavHeader.LongLength, (1L << 30) - 19, false)] // one frame less than 32 bits can say
    [InlineData(WavHeader.LongLength, (1L << 30) - 18, false)]
    [InlineData(WavHeader.LongLength, 48L * 3600 * 24_000, false)]
    [InlineData(WavHeader.LongLength, 48L * 3600 * 24_000, true)]
    public async Task Header_OfAnyLength_IsReadBackByUsAndByFfprobe(int headerLength, long frames, bool growing)
    {
        var path = Path.Combine(TestFolder.Create("wav"), "a.wav");
        var header = new byte[headerLength];
        if (growing)
        {
            WavHeader.WriteGrowing(header, Stereo24k);
        }
        else
        {
            WavHeader.WriteFinal(header, Stereo24k, frames);
        }

        // The samples are a hole in the file: no disk is filled.
        await File.WriteAllBytesAsync(path, header);
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
        {
            RandomAccess.SetLength(file, headerLength + frames * 4);
            var wav = WavFile.TryRead(file).ShouldNotBeNull();
            (wav.Format, wav.DataOffset, wav.DataLength, wav.FormatTag, wav.BitsPerSample, wav.IsWhole)
                .ShouldBe((Stereo24k, headerLength, frames * 4, WavFile.Pcm, 16, !growing));
        }

        var duration = await Ffmpeg.ProbeAsync(path, "stream=duration");
        if (!growing)
        {
            double.Parse(duration, CultureInfo.InvariantCulture).ShouldBe(frames / 24_000.0, 0.001);
        }
    }

    [Fact]
    public void Chunks_OfOtherPrograms_AreSkipped()
    {
        var header = new byte[WavHeader.Length];
        WavHeader.WriteFinal(header, new WavFormat(8000, 1), 4);
        byte[] list = [.. "LIST"u8, 3, 0, 0, 0, 1, 2, 3, 0];
        var path = Path.Combine(TestFolder.Create("wav"), "a.wav");
        File.WriteAllBytes(path, [.. header[..36], .. list, .. header[36..], 1, 0, 2, 0, 3, 0, 4, 0, .. list]);

        using var reader = new WavReader(path);
        var samples = new short[10];
        reader.Read(samples).ShouldBe(4);
        samples[..4].ShouldBe([1, 2, 3, 4]);
        reader.Read(samples).ShouldBe(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Files_ThatAreNone_AreNotRead(int which)
    {
        var header = new byte[WavHeader.Length];
        WavHeader.WriteFinal(header, new WavFormat(8000, 1), 4);
        var path = Path.Combine(TestFolder.Create("wav"), "a.wav");
        File.WriteAllBytes(path, which switch
        {
            0 => [],
            1 => header[..36],
            2 => [.. header[..12], .. header[36..], 1, 0],
            _ => new byte[1000],
        });

        using var file = File.OpenHandle(path);
        WavFile.TryRead(file).ShouldBeNull();
    }

    [Fact]
    public void Writer_AnySamples_AreReadBack()
    {
        var path = Path.Combine(TestFolder.Create("wav"), "a.wav");
        short[] samples = [1, -1, 2, -2, 3, -3];
        using (var writer = new WavFileWriter(File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite), Stereo24k, 3))
        {
            writer.Write(samples.AsSpan(0, 2));
            writer.Write(samples.AsSpan(2));
            writer.Finish();
        }

        using var reader = new WavReader(path);
        (reader.Format, reader.Frames).ShouldBe((Stereo24k, 3));
        var read = new short[6];
        reader.Read(read).ShouldBe(6);
        read.ShouldBe(samples);
    }
}
