using Burqi.Contracts.Recordings;
using Burqi.Media.Audio;
using Burqi.Media.Spool;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;

namespace Burqi.Media.Tests.Spool;

/// <summary>What becomes of captured tracks by an assistant's settings.</summary>
public sealed class DeliverTests
{
    private static readonly short[] User = Vectors.Decode(TestAudio.Noise(1, 1000));
    private static readonly short[] Assistant = Vectors.Decode(TestAudio.Noise(2, 800));

    private readonly string _folder = TestFolder.Create("media");

    [Fact]
    public async Task Mix_OfTwoChannels_HasTheUserLeftAndTheAssistantRight()
    {
        var left = LeftRecording.Create(_folder, LeftRecording.Settings with { Channels = 2 }, (RecordingTypes.User, User), (RecordingTypes.Assistant, Assistant));
        await using var host = await MediaHost.StartAsync(_folder);
        var manifest = await host.AnnouncedAsync(left.CallId);

        var stereo = await Ffmpeg.DecodeAsync(PathOf(manifest, RecordingTypes.Mixed));
        stereo.Where((_, i) => i % 2 == 0).ToArray().ShouldSound(User);
        stereo.Where((_, i) => i % 2 == 1).ToArray().ShouldSound(TestAudio.Padded(Assistant, User.Length));
        host.Read(manifest, RecordingTypes.User).Samples.ShouldSound(User);
        var captured = host.Messages.Of<RecordingCaptured>();
        captured.ToDictionary(m => m.RecordingType, m => m.Channels).ShouldBe(
            new Dictionary<string, int> { [RecordingTypes.User] = 1, [RecordingTypes.Assistant] = 1, [RecordingTypes.Mixed] = 2 }, ignoreOrder: true);
        captured.ShouldAllBe(m => m.AssistantId == "front-desk");
    }

    [Fact]
    public async Task Mix_OfManyParticipants_IsTheirSumClampedOnce()
    {
        short[] a = [30_000, 20_000, -30_000, 5], b = [30_000, 20_000, -30_000, 6], c = [-30_000, 1, 100, 7];
        var left = LeftRecording.Create(_folder, null, (RecordingTypes.User, a), (RecordingTypes.Assistant, b), ("participant3", c));
        await using var host = await MediaHost.StartAsync(_folder);
        var manifest = await host.AnnouncedAsync(left.CallId);

        host.Read(manifest, RecordingTypes.Mixed).Samples.ShouldBe([30_000, 32_767, -32_768, 18]);
        host.Messages.Of<RecordingCaptured>().Select(m => m.RecordingType).ShouldBe([RecordingTypes.User, RecordingTypes.Assistant, "participant3", RecordingTypes.Mixed]);
    }

    [Fact]
    public async Task Track_ThatTheProviderMixed_IsTheMix()
    {
        var left = LeftRecording.Create(_folder, LeftRecording.Settings with { Channels = 2 }, (RecordingTypes.Mixed, User));
        await using var host = await MediaHost.StartAsync(_folder);
        var manifest = await host.AnnouncedAsync(left.CallId);

        host.Read(manifest, RecordingTypes.Mixed).Samples.ShouldSound(User);
        host.Messages.Of<RecordingCaptured>().Single().Channels.ShouldBe(1);
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    [InlineData(true, true, false)]
    [InlineData(false, true, true)]
    public async Task Recordings_NotWanted_AreNeitherAnnouncedNorLeftBehind(bool user, bool assistant, bool mixed)
    {
        var settings = LeftRecording.Settings with { RecordUserAudio = user, RecordAssistantAudio = assistant, RecordMixedAudio = mixed };
        (string Name, short[] Samples)[] tracks = [(RecordingTypes.User, User), (RecordingTypes.Assistant, Assistant)];
        var left = LeftRecording.Create(_folder, settings, [.. tracks.Where(track => RecordingPlan.Captures(settings, track.Name))]);
        await using var host = await MediaHost.StartAsync(_folder);
        var manifest = await host.AnnouncedAsync(left.CallId);

        string[] wanted = [.. new[] { (user, RecordingTypes.User), (assistant, RecordingTypes.Assistant), (mixed, RecordingTypes.Mixed) }.Where(w => w.Item1).Select(w => w.Item2)];
        host.Messages.Of<RecordingStarted>().Select(m => m.RecordingType).ShouldBe(wanted);
        host.Messages.Of<RecordingCaptured>().Select(m => m.RecordingType).ShouldBe(wanted);
        Directory.GetFiles(Path.Combine(_folder, left.CallId), "*.wav*").Select(Path.GetFileName).ShouldBe(manifest.Recordings.Select(r => r.File), ignoreOrder: true);
        if (mixed)
        {
            host.Read(manifest, RecordingTypes.Mixed).Samples.ShouldSound(TestAudio.Mix(User, TestAudio.Padded(Assistant, User.Length)));
        }
    }

    [Fact]
    public async Task Settings_OfWhereAndWhoToTell_GoWithTheMessages()
    {
        var settings = LeftRecording.Settings with { RecordingsDir = "customers/acme_1/eu/2026", AutoSave = false, CreateDatabaseRecords = false };
        var left = LeftRecording.Create(_folder, settings, (RecordingTypes.User, User));
        await using var host = await MediaHost.StartAsync(_folder);
        await Eventually.BecomesTrueAsync(() => host.Messages.Of<RecordingCaptured>().Length == 2);

        host.Messages.Of<RecordingStarted>().ShouldAllBe(m => m.CreateDatabaseRecords == false);
        host.Messages.Of<RecordingCaptured>().ShouldAllBe(m => m.CreateDatabaseRecords == false && m.AutoSave == false);
        host.Messages.Of<RecordingCaptured>().Select(m => m.FilePath).ShouldBe([$"customers/acme_1/eu/2026/{left.CallId}/user_{left.Unix}.wav", $"customers/acme_1/eu/2026/{left.CallId}/mixed_{left.Unix}.wav"]);
        host.Messages.Of<RecordingCaptured>().ShouldAllBe(m => File.Exists(Path.Combine(_folder, m.FilePath)));
        using var client = host.CreateClient();
        (await client.GetByteArrayAsync(host.Messages.Of<RecordingCaptured>()[0].ContentUrl)).Length.ShouldBe(44 + 2 * User.Length);
    }

    [Fact]
    public async Task Capture_EndedBeforeItsFilesWereMade_IsGoneOnWithAndIsNoRecovery()
    {
        var left = LeftRecording.Create(_folder, null, (RecordingTypes.User, User), (RecordingTypes.Assistant, TestAudio.Padded(Assistant, User.Length)));
        foreach (var track in left.Tracks)
        {
            File.Move(left.Location.PartFile(_folder, track.File), left.Location.File(_folder, track.File));
        }

        // A process that ended in the middle of the mix.
        await File.WriteAllBytesAsync(left.Location.PartFile(_folder, $"mixed_{left.Unix}.wav"), new byte[100]);
        LeftRecording.Save(_folder, left with
        {
            State = ManifestStates.Captured,
            Ending = "stop",
            Samples = User.Length,
            DurationMs = 1000,
            EndedAt = left.StartedAt.AddSeconds(1),
        });
        await using var host = await MediaHost.StartAsync(_folder);
        var manifest = await host.AnnouncedAsync(left.CallId);

        manifest.Recovered.ShouldBeFalse();
        host.Messages.Of<RecordingCaptured>().ShouldAllBe(m => !m.Recovered);
        host.Tracks(manifest).Mixed.ShouldSound(TestAudio.Mix(User, TestAudio.Padded(Assistant, User.Length)));
        Directory.GetFiles(Path.Combine(_folder, left.CallId), "*.part").ShouldBeEmpty();
    }

    [Fact]
    public async Task TwoWayCall_CutOffByACrash_EndsWithTheUser()
    {
        // What had been queued for the caller beyond that moment was never heard.
        var manifest = LeftRecording.Manifest(null, [RecordingTypes.User, RecordingTypes.Assistant]) with { TwoWay = true };
        LeftRecording.Create(_folder, manifest, [Assistant, User]);
        await using var host = await MediaHost.StartAsync(_folder);

        var tracks = host.Tracks(await host.AnnouncedAsync(manifest.CallId));

        tracks.User.ShouldSound(Assistant);
        tracks.Assistant.ShouldSound(User[..Assistant.Length]);
    }

    [Theory]
    [InlineData("recording")]
    [InlineData("final")]
    public async Task Manifest_OfTheFirstVersion_IsFinished(string state)
    {
        var callId = StreamDriver.NewSid("CA");
        var folder = Directory.CreateDirectory(Path.Combine(_folder, callId)).FullName;
        var suffix = state == "final" ? "" : ".part";
        foreach (var type in state == "final" ? new[] { "user", "mixed" } : ["user"])
        {
            using var writer = new WavFileWriter(File.OpenHandle(Path.Combine(folder, $"{type}_5.wav{suffix}"), FileMode.CreateNew, FileAccess.ReadWrite), new WavFormat(8000, 1), User.Length);
            writer.Write(User);
            writer.Finish();
        }

        var known = state == "final" ? "\",\"file_size\":16044,\"sha256\":\"00\"" : "\"";
        await File.WriteAllTextAsync(Path.Combine(folder, "manifest_5.json"), $$"""
            {"version":1,"state":"{{state}}","provider":"twilio","call_id":"{{callId}}","stream_id":"MZ5","unix":5,"node":"gone","run":"{{Guid.NewGuid()}}",
             "sample_rate":8000,"started_at":"2026-03-04T05:06:07+00:00","ended_at":"2026-03-04T05:06:08+00:00","duration_ms":1000,"recovered":false,
             "recordings":[
              {"recording_id":"{{Guid.NewGuid()}}","recording_type":"user","file":"user_5.wav{{known}}},
              {"recording_id":"{{Guid.NewGuid()}}","recording_type":"mixed","file":"mixed_5.wav{{known}}}]}
            """);
        await using var host = await MediaHost.StartAsync(_folder);
        var manifest = await host.AnnouncedAsync(callId);

        manifest.Tracks.Select(track => track.Name).ShouldBe([RecordingTypes.User]);
        host.Read(manifest, RecordingTypes.Mixed).Samples.ShouldSound(User);
        host.Messages.Of<RecordingCaptured>().Select(m => (m.RecordingType, m.Format, m.SampleRate, m.Channels, m.FileSize))
            .ShouldBe([(RecordingTypes.User, "wav", 8000, 1, 16_044), (RecordingTypes.Mixed, "wav", 8000, 1, 16_044)]);
    }

    [Theory]
    [InlineData(WavHeader.Length)]
    [InlineData(WavHeader.LongLength)]
    public async Task Track_WithEitherHeader_IsRecovered(int headerLength)
    {
        var left = LeftRecording.Create(_folder, null, (RecordingTypes.User, User));
        var header = new byte[headerLength];
        WavHeader.WriteGrowing(header, new WavFormat(8000, 1));
        await File.WriteAllBytesAsync(
            left.Location.PartFile(_folder, left.Tracks[0].File),
            [.. header, .. System.Runtime.InteropServices.MemoryMarshal.AsBytes(User.AsSpan()), 7]);
        await using var host = await MediaHost.StartAsync(_folder);
        var manifest = await host.AnnouncedAsync(left.CallId);

        (await Ffmpeg.DecodeAsync(PathOf(manifest, RecordingTypes.User))).ShouldSound(User);
        host.Read(manifest, RecordingTypes.Mixed).Samples.ShouldSound(User);
    }

    [Fact]
    public async Task Facts_OfARecording_AreInItsMessage()
    {
        var left = LeftRecording.Create(_folder, null, (RecordingTypes.User, User));
        await using var host = await MediaHost.StartAsync(_folder);
        await host.AnnouncedAsync(left.CallId);

        var message = host.Messages.Of<RecordingCaptured>(m => m.RecordingType == RecordingTypes.User).Single();
        message.Peak.ShouldBe(User.Max(sample => Math.Abs((int)sample)));
        message.Rms.ShouldBe((int)Math.Round(Math.Sqrt(User.Average(sample => (double)sample * sample))));
        (message.ClippedSamples, message.SilentMs).ShouldBe((0, 0));

        // What the frames were like went with the process that saw them.
        (message.FramesReceived, message.GapMs, message.CoverageMs).ShouldBe((null, null, null));
    }

    private string PathOf(RecordingManifest manifest, string recordingType) =>
        manifest.Location.File(_folder, manifest.Recordings.Single(r => r.RecordingType == recordingType).File);
}
