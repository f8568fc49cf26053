using System.Globalization;
using Burqi.Contracts.Recordings;
using Burqi.Media.Audio;
using Burqi.Media.Spool;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Tests.Spool;

/// <summary>Recordings of another rate or container than they were captured in.</summary>
public sealed class DeriveTests
{
    // Two tones that can be told apart after a lossy codec, and an odd length.
    private static readonly short[] User = Tone(440, 24_007);
    private static readonly short[] Assistant = Tone(1000, 24_007);

    private readonly string _folder = TestFolder.Create("media");

    [Theory]
    [InlineData(8000, 1, 64)]
    [InlineData(8000, 2, 64)]
    [InlineData(11_025, 1, 64)]
    [InlineData(12_000, 1, 64)]
    [InlineData(16_000, 1, 160)]
    [InlineData(22_050, 1, 160)]
    [InlineData(22_050, 2, 160)]
    [InlineData(24_000, 1, 160)]
    [InlineData(32_000, 1, 320)]
    [InlineData(44_100, 2, 320)]
    [InlineData(48_000, 1, 320)]
    public async Task Mp3_AtEveryRate_HasItsHighestBitRateAndTheSameAudio(int sampleRate, int channels, int kilobits)
    {
        var settings = LeftRecording.Settings with { Format = AudioFormats.Mp3, SampleRate = sampleRate, Channels = channels };
        var left = LeftRecording.Create(_folder, settings, (RecordingTypes.User, User), (RecordingTypes.Assistant, Assistant));
        await using var host = await MediaHost.StartAsync(_folder, ("BURQI_MEDIA_MP3", "true"));
        await host.AnnouncedAsync(left.CallId);

        var mixed = host.Messages.Of<RecordingCaptured>(m => m.RecordingType == RecordingTypes.Mixed).Single();
        (mixed.Format, mixed.SampleRate, mixed.Channels, mixed.DurationMs, mixed.FilePath)
            .ShouldBe(("mp3", sampleRate, channels, 3000L, $"{left.CallId}/mixed_{left.Unix}.mp3"));
        var path = Path.Combine(_folder, mixed.FilePath);
        mixed.FileSize.ShouldBe(new FileInfo(path).Length);
        (await Ffmpeg.ProbeAsync(path, "stream=codec_name,sample_rate,channels,bit_rate")).Split('\n')
            .ShouldBe(["mp3", Text(sampleRate), Text(channels), Text(kilobits * 1000)]);

        // The Info frame tells the true length: not a sample of the encoder's own remains.
        var decoded = await Ffmpeg.DecodeAsync(path);
        decoded.Length.ShouldBe((int)new Resampler(8000, sampleRate).OutputLength(User.Length) * channels);
        if (channels == 2)
        {
            ShouldHold(decoded.Where((_, i) => i % 2 == 0).ToArray(), sampleRate, 440, 1000);
            ShouldHold(decoded.Where((_, i) => i % 2 == 1).ToArray(), sampleRate, 1000, 440);
        }
        else
        {
            ShouldHold(decoded, sampleRate, 440, 2500);
            ShouldHold(decoded, sampleRate, 1000, 2500);
        }

        // The WAV it was made from lies beside it.
        Wav.Read(Path.Combine(_folder, left.CallId, $"user_{left.Unix}.wav")).Samples.ShouldSound(User);
        host.Messages.Of<RecordingCaptured>().ShouldAllBe(m => m.Format == "mp3" && m.Peak > 5000 && m.SilentMs == 0);
        Directory.GetFiles(Path.Combine(_folder, left.CallId), "*.part").ShouldBeEmpty();
    }

    [Fact]
    public async Task Mp3_IsTaggedWithItsCallAndTime()
    {
        var left = LeftRecording.Create(_folder, LeftRecording.Settings with { Format = AudioFormats.Mp3 }, (RecordingTypes.User, User));
        await using var host = await MediaHost.StartAsync(_folder);
        await host.AnnouncedAsync(left.CallId);
        var path = Path.Combine(_folder, left.CallId, $"user_{left.Unix}.mp3");

        (await Ffmpeg.ProbeAsync(path, "format_tags=title,date,call_id,recording_type")).Split('\n').Order(StringComparer.Ordinal)
            .ShouldBe(["2026-03-04T05:06:07", left.CallId, $"Call {left.CallId}, user", "user"]);

        // Fetched as what it is.
        using var client = host.CreateClient();
        var url = host.Messages.Of<RecordingCaptured>(m => m.RecordingType == RecordingTypes.User).Single().ContentUrl;
        using var response = await client.GetAsync(url);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("audio/mpeg");
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(await File.ReadAllBytesAsync(path));
    }

    [Theory]
    [InlineData("BURQI_MEDIA_MP3_LIBRARY", "libmissing.so.0")]
    [InlineData("BURQI_MEDIA_MP3_LIBRARY", "libc.so.6")]
    [InlineData("BURQI_MEDIA_MP3", "false")]
    public async Task Mp3_WhereThereIsNone_BecomesAWavOfTheSameRate(string name, string value)
    {
        var left = LeftRecording.Create(_folder, LeftRecording.Settings with { Format = AudioFormats.Mp3, SampleRate = 16_000 }, (RecordingTypes.User, User));
        await using var host = await MediaHost.StartAsync(_folder, (name, value));
        await host.AnnouncedAsync(left.CallId);

        host.Messages.Of<RecordingCaptured>().ShouldAllBe(m => m.Format == "wav" && m.SampleRate == 16_000);
        (await Ffmpeg.DecodeAsync(Path.Combine(_folder, left.CallId, $"user_{left.Unix}_16000Hz.wav"))).Length.ShouldBe(2 * User.Length);
    }

    [Fact]
    public async Task Mp3_DemandedWhereThereIsNone_StopsTheStart()
    {
        var refused = await Should.ThrowAsync<OptionsValidationException>(() =>
            MediaHost.StartAsync(_folder, ("BURQI_MEDIA_MP3", "true"), ("BURQI_MEDIA_MP3_LIBRARY", "libmissing.so.0")));

        refused.Failures.Single().ShouldStartWith("BURQI_MEDIA_MP3 is true, but the library libmissing.so.0 cannot be loaded");
    }

    [Fact]
    public async Task Process_EndingWhileItDerives_LeavesTheRestToTheNext()
    {
        var left = LeftRecording.Create(_folder, LeftRecording.Settings with { Format = AudioFormats.Mp3 }, (RecordingTypes.User, User), (RecordingTypes.Assistant, Assistant));
        await using (var elsewhere = await MediaHost.StartAsync())
        {
            var finalizer = new RecordingFinalizer(
                new ManifestStore(Options.Create(new MediaOptions { RecordingsDir = _folder })),
                elsewhere.Services.GetRequiredService<RecordingDeriver>(),
                elsewhere.Services.GetRequiredService<MediaTelemetry>(),
                elsewhere.Services.GetRequiredService<IOptions<MediaOptions>>(),
                TimeProvider.System,
                NullLogger<RecordingFinalizer>.Instance);
            var captured = finalizer.Capture(left with { Ending = "stop" });
            RecordingFinalizer.NeedsDeriving(captured).ShouldBeTrue();
            Should.Throw<OperationCanceledException>(() => finalizer.Deliver(captured, new CancellationToken(canceled: true)));
        }

        ManifestStore.TryRead(_folder, left.Location.Manifest(_folder))!.State.ShouldBe(ManifestStates.Captured);
        await using var host = await MediaHost.StartAsync(_folder);
        await host.AnnouncedAsync(left.CallId);

        host.Messages.Of<RecordingCaptured>().Length.ShouldBe(3);
        host.Messages.Of<RecordingCaptured>().ShouldAllBe(m => m.Format == "mp3" && !m.Recovered);
    }

    [Fact]
    public async Task Wav_OfAnotherRate_LiesBesideTheOneCaptured()
    {
        var settings = LeftRecording.Settings with { SampleRate = 16_000, Channels = 2 };
        var left = LeftRecording.Create(_folder, settings, (RecordingTypes.User, User), (RecordingTypes.Assistant, Assistant));
        await using var host = await MediaHost.StartAsync(_folder);
        await host.AnnouncedAsync(left.CallId);

        host.Messages.Of<RecordingCaptured>().Select(m => m.FilePath).ShouldBe(
            new[] { "user", "assistant", "mixed" }.Select(type => $"{left.CallId}/{type}_{left.Unix}_16000Hz.wav"));
        var stereo = await Ffmpeg.DecodeAsync(Path.Combine(_folder, left.CallId, $"mixed_{left.Unix}_16000Hz.wav"));
        stereo.Length.ShouldBe(4 * User.Length);
        ShouldHold(stereo.Where((_, i) => i % 2 == 0).ToArray(), 16_000, 440, 1000);
        ShouldHold(stereo.Where((_, i) => i % 2 == 1).ToArray(), 16_000, 1000, 440);
        Wav.Read(Path.Combine(_folder, left.CallId, $"user_{left.Unix}.wav")).Samples.ShouldSound(User);
    }

    [Fact]
    public async Task Disk_ThatRefusesTheDerivedFile_LeavesTheWavThatWasCaptured()
    {
        var left = LeftRecording.Create(_folder, LeftRecording.Settings with { Format = AudioFormats.Mp3 }, (RecordingTypes.User, User));

        // A folder where the file should be: nobody, not even root, can write there.
        Directory.CreateDirectory(left.Location.PartFile(_folder, $"user_{left.Unix}.mp3"));
        await using var host = await MediaHost.StartAsync(_folder);
        await Eventually.BecomesTrueAsync(() => host.Messages.Of<RecordingCaptured>().Length == 2);

        var user = host.Messages.Of<RecordingCaptured>(m => m.RecordingType == RecordingTypes.User).Single();
        (user.Format, user.SampleRate, user.FilePath).ShouldBe(("wav", 8000, $"{left.CallId}/user_{left.Unix}.wav"));
        host.Messages.Of<RecordingCaptured>(m => m.RecordingType == RecordingTypes.Mixed).Single().Format.ShouldBe("mp3");
    }

    [Fact]
    public async Task Disk_ThatRefusesTheMix_FailsItAloneAndSaysWhy()
    {
        var left = LeftRecording.Create(_folder, null, (RecordingTypes.User, User), (RecordingTypes.Assistant, Assistant));
        Directory.CreateDirectory(left.Location.PartFile(_folder, $"mixed_{left.Unix}.wav"));
        await using var host = await MediaHost.StartAsync(_folder);
        await host.AnnouncedAsync(left.CallId);

        host.Messages.Of<RecordingCaptured>().Select(m => m.RecordingType).ShouldBe([RecordingTypes.User, RecordingTypes.Assistant]);
        var failed = host.Messages.Of<RecordingFailed>().Single();
        (failed.RecordingType, failed.Reason).ShouldBe((RecordingTypes.Mixed, "The recordings folder of the media node cannot be written."));
    }

    private static short[] Tone(int frequency, int samples) =>
        [.. Enumerable.Range(0, samples).Select(i => (short)(10_000 * Math.Sin(2 * Math.PI * frequency * i / 8000)))];

    /// <summary>The one tone is as loud as it was made, the other is not there.</summary>
    private static void ShouldHold(short[] samples, int rate, int there, int notThere)
    {
        // LAME takes half a decibel off, so that what it rounds does not clip where the audio is at its loudest.
        Amplitude(there).ShouldBeInRange(9400, 10_100);
        Amplitude(notThere).ShouldBeLessThan(100);

        double Amplitude(int frequency)
        {
            var (re, im) = (0.0, 0.0);

            // A whole number of periods of both: two seconds.
            for (var i = 0; i < 2 * rate; i++)
            {
                re += samples[i + rate / 4] * Math.Cos(2 * Math.PI * frequency * i / rate);
                im += samples[i + rate / 4] * Math.Sin(2 * Math.PI * frequency * i / rate);
            }

            return Math.Sqrt(re * re + im * im) / rate;
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
