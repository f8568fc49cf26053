using System.Buffers.Binary;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Tests.Support;
using Burqi.Archiver.Waveforms;
using Burqi.Hosting.Processes;
using Burqi.Testing;

namespace Burqi.Archiver.Tests.Waveforms;

/// <summary>The outline of files that ffmpeg made, for a sound whose outline is known: left it swells, right it stops in the middle.</summary>
public sealed class WaveformReaderTests
{
    private const int Seconds = 4;
    private const int Points = Seconds * 50;
    private const string Sound = "aevalsrc=0.9*sin(880*PI*t)*t/4|0.5*sin(880*PI*t)*lt(t\\,2):d=4:s=16000";

    public static TheoryData<string, string> Files => new()
    {
        { "8.wav", "-c:a pcm_u8" },
        { "16.wav", "-c:a pcm_s16le" },
        { "24.wav", "-c:a pcm_s24le" },
        { "32.wav", "-c:a pcm_s32le" },
        { "float.wav", "-c:a pcm_f32le" },
        { "double.wav", "-c:a pcm_f64le" },
        { "a.wav", "-c:a pcm_alaw" },
        { "mu.wav", "-c:a pcm_mulaw" },
        { "rf64.wav", "-c:a pcm_s16le -rf64 always" },
        { "listed.wav", "-c:a pcm_s16le -metadata title=A -metadata artist=B" },
        { "mpeg1.mp3", "-ar 44100 -c:a libmp3lame -b:a 128k" },
        { "mpeg2.mp3", "-c:a libmp3lame -b:a 96k" },
        { "mpeg25.mp3", "-ar 8000 -c:a libmp3lame -b:a 64k" },
        { "variable.mp3", "-ar 48000 -c:a libmp3lame -q:a 4" },
        { "tagged.mp3", "-ar 48000 -c:a libmp3lame -id3v2_version 3 -metadata title=A" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Read_FileOfFfmpegs_IsItsOutline(string name, string arguments)
    {
        var file = await MakeAsync(name, $"-i {Sound} {arguments}");

        foreach (var pieces in (int[])[int.MaxValue, 10_007])
        {
            var waveform = await ReadAsync(name, file, pieces);

            (waveform.Channels, waveform.Points, waveform.DurationMs).ShouldBe((2, Points, Seconds * 1000));
            for (var point = 2; point < Points - 2; point++)
            {
                ((double)waveform.Peaks[point]).ShouldBeInRange((0.9 * 255 * point / Points) - 12, (0.9 * 255 * (point + 1) / Points) + 12, $"left at {point}");
                if (Math.Abs(point - (Points / 2)) > 2) // where it stops, MP3 rings
                {
                    ((int)waveform.Peaks[Points + point]).ShouldBeInRange(point < Points / 2 ? 118 : 0, point < Points / 2 ? 136 : 3, $"right at {point}");
                }
            }
        }
    }

    [Fact]
    public async Task Read_FiveChannelsExtensible_EachHasItsOwn()
    {
        var file = await MakeAsync("five.wav", "-i aevalsrc=0.1|0.2|0.3|0.4|-1:d=60:s=16000 -c:a pcm_s16le");

        var waveform = await ReadAsync("five.wav", file);

        (waveform.Channels, waveform.Points).ShouldBe((5, WaveformMeter.MostPoints));
        for (var channel = 0; channel < 5; channel++)
        {
            waveform.Peaks.Skip(channel * waveform.Points).Take(waveform.Points).ShouldAllBe(peak => Math.Abs(peak - (channel == 4 ? 255 : 25.5 * (channel + 1))) < 1);
        }
    }

    [Fact]
    public async Task Read_OpenOrEmptyOrOddFile_IsWhatIsThere()
    {
        var file = await MakeAsync("open.wav", "-i aevalsrc=0.5:d=1:s=8000 -c:a pcm_s16le -fflags +bitexact");
        file.AsSpan(40, 4).Fill(0xFF); // as a writer leaves it that streams

        var open = await ReadAsync("open.wav", [.. file, 0x7F]);
        var empty = await ReadAsync("empty.wav", file[..44]);

        (open.DurationMs, open.Points).ShouldBe((1000, 50));
        (empty.DurationMs, empty.Points, empty.Peaks[0]).ShouldBe((0, 1, (byte)0));
    }

    [Theory]
    [InlineData("gsm.wav", "-ar 8000 -ac 1 -c:a adpcm_ms")]
    [InlineData("sound.ogg", "-c:a libopus")]
    public async Task Read_WhatCannotBeDecoded_SaysWhy(string name, string arguments)
    {
        var file = await MakeAsync(name, $"-i aevalsrc=0.5:d=1:s=48000 {arguments}");

        await Should.ThrowAsync<UndecodableException>(() => ReadAsync(name, file));
        await Should.ThrowAsync<UndecodableException>(() => ReadAsync("noise.wav", file[100..]));
    }

    [Fact]
    public async Task Read_HeaderOfManyThousandChannels_TakesNoMemoryForThem()
    {
        var file = Wav.Create(10);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(22), ushort.MaxValue); // channels
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(32), ushort.MaxValue); // bytes of a frame
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(34), 8); // bits

        (await Should.ThrowAsync<UndecodableException>(() => ReadAsync("many.wav", file))).Message.ShouldContain("65535 channels");
    }

    [Theory]
    [InlineData("wav")]
    [InlineData("mp3")]
    public async Task Read_StreamThatFails_IsTheStoresFailure(string format)
    {
        await using var stream = new FailingStream();

        var thrown = await Should.ThrowAsync<TransferException>(() => WaveformReader.ReadAsync(stream, 1000, format, 1000, TestContext.Current.CancellationToken));

        thrown.Failure.ShouldBe(TransferFailure.StoreUnavailable);
        thrown.InnerException.ShouldBeOfType<TimeoutException>();
    }

    [Fact]
    public async Task Read_Mp3HarmedInManyPlaces_EndsAndHarmsNobody()
    {
        var file = await MakeAsync("harmed.mp3", "-i sine=d=0.5:r=16000 -c:a libmp3lame -b:a 32k");
        for (var at = 0; at < file.Length; at += 3)
        {
            var harmed = file.ToArray();
            harmed[at] ^= 0xFF;
            try
            {
                await ReadAsync("harmed.mp3", harmed);
            }
            catch (UndecodableException)
            {
                // That is an answer.
            }
        }
    }

    private static async Task<Waveform> ReadAsync(string name, byte[] file, int pieces = int.MaxValue)
    {
        await using var stream = new PiecesStream(file, pieces);
        return await WaveformReader.ReadAsync(stream, file.Length, name[(name.LastIndexOf('.') + 1)..], Seconds * 1000, TestContext.Current.CancellationToken);
    }

    private static async Task<byte[]> MakeAsync(string name, string arguments)
    {
        var path = Path.Combine(TestFolder.Create("waveform"), name);
        await ChildProcess.RunAsync(
            new ChildProcessStart("ffmpeg", ["-v", "error", "-f", "lavfi", .. arguments.Split(' '), path]), TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        return await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
    }

    private sealed class FailingStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new TimeoutException();
    }

    /// <summary>Delivers as a network does.</summary>
    private sealed class PiecesStream(byte[] content, int pieces) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, pieces)], cancellationToken);
    }
}
