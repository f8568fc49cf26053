using System.Globalization;
using System.Text.Json;
using Burqi.Archiver.Sources.Audio;
using Burqi.Hosting.Processes;
using Burqi.Testing;

namespace Burqi.Archiver.Tests.Sources.Audio;

/// <summary>Files that ffmpeg made, measured as ffprobe measures them.</summary>
public sealed class AudioProbeTests
{
    private const double Seconds = 3.217;

    public static TheoryData<string, string> Files => new()
    {
        { "mono.ogg", "-ar 48000 -ac 1 -c:a libopus -b:a 24k" },
        { "stereo.ogg", "-ar 48000 -ac 2 -c:a libopus -b:a 96k" },
        { "narrow.ogg", "-ar 8000 -ac 1 -c:a libopus" },
        { "mono.mp4", "-ar 44100 -ac 1 -c:a aac" },
        { "stereo.mp4", "-ar 48000 -ac 2 -c:a aac" },
        { "faststart.mp4", "-ar 48000 -ac 2 -c:a aac -movflags +faststart" },
        { "narrow.mp4", "-ar 16000 -ac 1 -c:a aac" },
        { "opus.mp4", "-ar 48000 -ac 2 -c:a libopus -strict -2" },
        { "mpeg1.mp3", "-ar 44100 -ac 2 -c:a libmp3lame -b:a 128k" },
        { "mpeg2.mp3", "-ar 22050 -ac 1 -c:a libmp3lame -b:a 160k" },
        { "mpeg25.mp3", "-ar 8000 -ac 1 -c:a libmp3lame -b:a 32k" },
        { "variable.mp3", "-ar 48000 -ac 2 -c:a libmp3lame -q:a 4" },
        { "untagged.mp3", "-ar 24000 -ac 1 -c:a libmp3lame -write_xing 0 -id3v2_version 0" },
        { "tagged.mp3", "-ar 44100 -ac 1 -c:a libmp3lame -write_id3v1 1 -metadata title=A -metadata artist=B" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public async Task End_FileOfFfmpegs_IsAsFfprobeSays(string name, string arguments)
    {
        var path = await MakeAsync(name, arguments);
        using var said = JsonDocument.Parse(await RunAsync("ffprobe", "-v", "error", "-show_streams", "-select_streams", "a", "-of", "json", path));
        var stream = said.RootElement.GetProperty("streams")[0];

        foreach (var pieces in (int[])[int.MaxValue, 1000, 1])
        {
            var probed = Probe(name, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken), pieces).ShouldNotBeNull();

            probed.SampleRate.ShouldBe(int.Parse(stream.GetProperty("sample_rate").GetString()!, CultureInfo.InvariantCulture));
            probed.Channels.ShouldBe(stream.GetProperty("channels").GetInt32());
            probed.DurationMs!.Value.ShouldBeInRange((long)(Seconds * 1000) - 2, (long)(Seconds * 1000) + (name.StartsWith("untagged", StringComparison.Ordinal) ? 150 : 30));
            probed.IsTruncated.ShouldBeFalse();
        }
    }

    [Fact]
    public async Task End_FragmentedMp4_HasItsRateAndChannels()
    {
        var path = await MakeAsync("fragments.mp4", "-ar 48000 -ac 1 -c:a aac -movflags frag_keyframe+empty_moov");

        var probed = Probe("fragments.mp4", await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken)).ShouldNotBeNull();

        (probed.SampleRate, probed.Channels, probed.DurationMs).ShouldBe((48_000, 1, null)); // which is in no header
    }

    [Fact]
    public async Task End_SoundBesideAPicture_IsTheSounds()
    {
        var path = Path.Combine(TestFolder.Create("probe"), "video.mp4");
        await RunAsync(
            "ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x64:rate=5:duration=2", "-f", "lavfi", "-i", "sine=duration=2:sample_rate=48000", "-c:v", "mpeg4", "-c:a", "aac", path);

        var probed = Probe("video.mp4", await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken)).ShouldNotBeNull();

        (probed.SampleRate, probed.Channels).ShouldBe((48_000, 1));
        probed.DurationMs!.Value.ShouldBeInRange(1990, 2050);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task End_FileIsCutShort_IsSeen(string name, string arguments)
    {
        var content = await File.ReadAllBytesAsync(await MakeAsync(name, arguments), TestContext.Current.CancellationToken);

        foreach (var length in (int[])[content.Length - 150, content.Length / 2])
        {
            var probed = Probe(name, content[..length]);

            // An MP4 without its end may lack what it says of itself: then it is none.
            (probed?.IsTruncated ?? true).ShouldBeTrue($"{length} of {content.Length} bytes");
        }
    }

    [Theory]
    [InlineData("ogg")]
    [InlineData("mp4")]
    [InlineData("mp3")]
    public void End_SomethingElse_IsNoAudio(string format)
    {
        Probe(format, []).ShouldBeNull();
        Probe(format, "<html><body>An error, of which there is nothing to hear.</body></html>"u8.ToArray()).ShouldBeNull();
        Probe(format, new byte[300_000]).ShouldBeNull();
        for (var seed = 0; seed < 20; seed++)
        {
            var noise = new byte[200_000];
            new Random(seed).NextBytes(noise);
            Probe(format, noise, pieces: 4096).ShouldBeNull();
        }
    }

    [Fact]
    public async Task Add_EveryByteHarmedInTurn_NeverFails()
    {
        foreach (var (name, arguments) in (IEnumerable<(string, string)>)[("a.ogg", "-ac 1 -c:a libopus -b:a 16k"), ("a.mp4", "-ac 1 -c:a aac -b:a 16k"), ("a.mp3", "-ac 1 -c:a libmp3lame -b:a 32k")])
        {
            var content = await File.ReadAllBytesAsync(await MakeAsync(name, arguments), TestContext.Current.CancellationToken);
            for (var at = 0; at < content.Length; at += at < 2000 ? 1 : 97)
            {
                var harmed = content.ToArray();
                harmed[at] ^= 0xFF;
                _ = Probe(name, harmed, pieces: 5000);
            }
        }
    }

    private static ProbedAudio? Probe(string name, byte[] content, int pieces = int.MaxValue)
    {
        var probe = AudioProbe.For(name[(name.LastIndexOf('.') + 1)..]).ShouldNotBeNull();
        for (var at = 0; at < content.Length; at += Math.Min(pieces, content.Length - at))
        {
            probe.Add(content.AsSpan(at, Math.Min(pieces, content.Length - at)));
        }

        return probe.End();
    }

    private static async Task<string> MakeAsync(string name, string arguments)
    {
        var path = Path.Combine(TestFolder.Create("probe"), name);
        await RunAsync("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", $"sine=frequency=440:duration={Seconds.ToString(CultureInfo.InvariantCulture)}", .. arguments.Split(' '), path]);
        return path;
    }

    private static Task<string> RunAsync(string program, params string[] arguments) =>
        ChildProcess.RunAsync(new ChildProcessStart(program, arguments), TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
}
