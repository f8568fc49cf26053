using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Burqi.Contracts.Recordings;
using Burqi.Media.Spool;
using Burqi.Media.Tests.Fixtures;

namespace Burqi.Media.Tests.Acs;

public sealed class AcsStreamTests : IAsyncLifetime
{
    private const string Telephone = "4:+14255550123";
    private const string Agent = "8:acs:631fa8d8-aab5-4ac5-8e15-261aa2590750_0000000c-d8b0-8adc-73ff-234822000345";

    private AcsIssuer _issuer = null!;
    private MediaHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await AcsIssuer.StartAsync();

        // ACS has no word for the end: without the wait for another socket it comes at once.
        _host = await MediaHost.StartAsync(settings: [.. _issuer.Settings, ("BURQI_MEDIA_RECONNECT_SECONDS", "0")]);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task Transcript_OfEveryVector_IsPlacedByItsTimestamps()
    {
        foreach (var stream in Vectors.AcsStreams)
        {
            var callId = AcsDriver.NewCallId();
            await using var driver = await AcsDriver.ConnectAsync(_host, _issuer.Token(), callId);
            var placed = new Dictionary<string, SortedDictionary<int, short[]>>(StringComparer.Ordinal);
            var zero = default(DateTimeOffset?);
            var sampleRate = 0;
            foreach (var message in stream!["messages"]!.AsArray())
            {
                await driver.SendAsync(message!.ToJsonString());
                sampleRate = message["audioMetadata"]?["sampleRate"]?.GetValue<int>() ?? sampleRate;
                if (message["audioData"] is JsonObject audio)
                {
                    var at = audio["timestamp"]!.GetValue<DateTimeOffset>();
                    zero ??= at;
                    var who = audio["participantRawID"]?.GetValue<string>() ?? "mixed";
                    placed.TryAdd(who, []);
                    placed[who][(int)((at - zero.Value).TotalMilliseconds * sampleRate / 1000)] =
                        MemoryMarshal.Cast<byte, short>(Convert.FromBase64String(audio["data"]!.GetValue<string>())).ToArray();
                }
            }

            await driver.CloseAsync();
            var manifest = await _host.AnnouncedAsync(callId);
            var length = placed.Values.Max(frames => frames.Keys.Last() + frames.Values.Last().Length);
            foreach (var (who, frames) in placed)
            {
                var expected = new short[length];
                foreach (var (position, samples) in frames)
                {
                    samples.CopyTo(expected, position);
                }

                var track = manifest.Tracks.Single(t => who == "mixed" ? t.Name == who : t.Participant == who);
                var kept = _host.Read(manifest, track.Name).Samples;
                kept.ShouldSound(expected, $"{stream["name"]}, {track.Name}");

                // And the vector's own word for it: the frames one after the other.
                var pcm = frames.SelectMany(frame => kept.Skip(frame.Key).Take(frame.Value.Length)).SelectMany(BitConverter.GetBytes).ToArray();
                var published = stream["expected"]![who]!;
                pcm.Length.ShouldBe(published["bytes"]!.GetValue<int>());
                Convert.ToHexStringLower(SHA256.HashData(pcm)).ShouldBe(published["pcm16leSha256"]!.GetValue<string>());
                track.Facts!.FramesReceived.ShouldBe(published["frames"]!.GetValue<int>());
            }
        }
    }

    [Fact]
    public async Task Participants_OfTwo_AreTheUserTheAssistantAndTheirMix()
    {
        var user = TestAudio.Pcm(1, 2000);
        var agent = TestAudio.Pcm(2, 2000);
        var manifest = await RecordAsync(Interleave((Agent, agent), (Telephone, user)));

        manifest.Recordings.Select(r => r.RecordingType).ShouldBe([RecordingTypes.User, RecordingTypes.Assistant, RecordingTypes.Mixed]);
        manifest.Tracks.Select(t => t.Participant).ShouldBe([Telephone, Agent]);
        var tracks = _host.Tracks(manifest);
        tracks.User.ShouldSound(user);
        tracks.Assistant.ShouldSound(agent);
        tracks.Mixed.ShouldSound(TestAudio.Mix(user, agent));
        manifest.DurationMs.ShouldBe(2000);
        _host.Messages.Of<RecordingCaptured>(m => m.CallId == manifest.CallId).Select(m => (m.Provider, m.SampleRate)).Distinct().ShouldBe([("acs", 16_000)]);
    }

    [Fact]
    public async Task Participants_ThatComeLater_EachHaveTheirPlace()
    {
        var voices = Enumerable.Range(0, 10).ToDictionary(i => i == 0 ? Telephone : $"8:acs:participant-{i}", i => TestAudio.Pcm(i, 400), StringComparer.Ordinal);
        var frames = voices.SelectMany((voice, index) => Frames(voice.Value, fromMs: index * 500L, voice.Key));
        var manifest = await RecordAsync(frames);

        // Two more than there are tracks: counted, and nowhere to be heard.
        manifest.Tracks.Select(t => t.Name).ShouldBe(
            ["user", "assistant", "participant3", "participant4", "participant5", "participant6", "participant7", "participant8"]);
        manifest.MessagesRejected.ShouldBe(40);
        manifest.DurationMs.ShouldBe(3900);
        foreach (var (track, index) in manifest.Tracks.Select((track, index) => (track, index)))
        {
            track.Participant.ShouldBe(voices.Keys.ElementAt(index));
            var expected = new short[3900 * 16];
            voices[track.Participant!].CopyTo(expected, index * 8000);
            _host.Read(manifest, track.Name).Samples.ShouldSound(expected, track.Name);
        }
    }

    [Fact]
    public async Task Participant_ABot_IsNotTheUserWhereThereIsAnother()
    {
        var bot = TestAudio.Pcm(1, 400);
        var human = TestAudio.Pcm(2, 400);
        var manifest = await RecordAsync(Interleave(("28:acs:bot", bot), (Agent, human)));

        _host.Tracks(manifest).User.ShouldSound(human);
        _host.Tracks(manifest).Assistant.ShouldSound(bot);
    }

    [Fact]
    public async Task Participant_ABotThatGreetsFirst_IsTheAssistantAllTheSame()
    {
        var greeting = TestAudio.Pcm(1, 2000);
        var answer = TestAudio.Pcm(2, 600);
        var manifest = await RecordAsync(Frames(greeting, 0, "28:orgid:bot").Concat(Frames(answer, fromMs: 2000, Telephone)));

        manifest.Recordings.Select(r => r.RecordingType).ShouldBe([RecordingTypes.User, RecordingTypes.Assistant, RecordingTypes.Mixed]);
        _host.Tracks(manifest).User.ShouldSound([.. new short[greeting.Length], .. answer]);
        _host.Tracks(manifest).Assistant.ShouldSound([.. greeting, .. new short[answer.Length]]);
    }

    [Theory]
    [InlineData(16_000)]
    [InlineData(24_000)]
    public async Task Mixed_ByTheProvider_IsOneTrackAtItsOwnRate(int sampleRate)
    {
        var audio = TestAudio.Pcm(1, 3000, sampleRate);
        var manifest = await RecordAsync(Frames(audio, 0, null, sampleRate), sampleRate);

        manifest.Recordings.Select(r => r.RecordingType).ShouldBe([RecordingTypes.Mixed]);
        var mixed = _host.Read(manifest, RecordingTypes.Mixed);
        mixed.SampleRate.ShouldBe(sampleRate);
        mixed.Samples.ShouldSound(audio);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Frames_ShuffledAndRepeated_AreKeptSampleForSample(int seed)
    {
        var user = TestAudio.Pcm(seed, 6000);
        var agent = TestAudio.Pcm(seed + 100, 6000);
        var random = new Random(seed);
        var frames = Interleave((Telephone, user), (Agent, agent)).ToArray();
        var order = frames.Select((frame, index) => (frame, at: index + (index < 8 ? 0 : random.Next(60))))
            .Concat(frames.Where((_, index) => index % 5 == 0).Select((frame, index) => (frame, at: index * 5 + random.Next(1, 400))))
            .OrderBy(sent => sent.at)
            .Select(sent => sent.frame);
        var manifest = await RecordAsync(order);

        _host.Tracks(manifest).User.ShouldSound(user);
        _host.Tracks(manifest).Assistant.ShouldSound(agent);
        manifest.Tracks.Sum(t => t.Facts!.FramesDuplicated).ShouldBe(120);
        manifest.Tracks.Sum(t => t.Facts!.GapMs).ShouldBe(0);
    }

    [Fact]
    public async Task Timestamps_ThatGoBackALittle_CostNoAudio()
    {
        var user = TestAudio.Pcm(1, 4000);
        int[] shakes = [0, 10, -18, 4, 12, -19, 0];
        var frames = Enumerable.Range(0, user.Length / 320)
            .Select(i => AcsDriver.Frame(i * 20L + (i < 8 ? 0 : shakes[i % shakes.Length]), user.AsSpan(i * 320, 320), Telephone))
            .ToArray();
        var manifest = await RecordAsync([.. frames.SelectMany((frame, i) => i % 10 == 9 ? new[] { frame, frames[i - 2] } : [frame])]);

        User(manifest).ShouldSound(user);
        manifest.Tracks.Single().Facts!.FramesDuplicated.ShouldBe(frames.Length / 10);
    }

    [Fact]
    public async Task FirstFrames_InDisorder_BeginWithTheEarliest()
    {
        var user = TestAudio.Pcm(1, 1000);
        var frames = Frames(user, 0, Telephone).ToArray();
        var manifest = await RecordAsync([frames[2], frames[0], frames[3], frames[1], .. frames[4..]]);

        User(manifest).ShouldSound(user);
    }

    [Fact]
    public async Task Timestamps_ThatShake_ChangeNothing()
    {
        var user = TestAudio.Pcm(1, 10_000);
        var random = new Random(1);
        var manifest = await RecordAsync(Frames(user, 0, Telephone, jitter: () => random.Next(8)));

        User(manifest).ShouldSound(user);
        manifest.Tracks[0].Facts!.Gaps.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    [InlineData(5000)]
    public async Task Frames_Missing_AreSilenceOfTheirLength(int lostMs)
    {
        var user = TestAudio.Pcm(1, 8000);
        var expected = user.ToArray();
        Array.Clear(expected, 1000 * 16, lostMs * 16);
        var frames = Frames(user, 0, Telephone).ToArray();
        var manifest = await RecordAsync([.. frames[..50], .. frames[(50 + lostMs / 20)..]]);

        User(manifest).ShouldSound(expected);
        manifest.Tracks[0].Facts!.Gaps.ShouldBe([new GapFacts(1000, lostMs)]);
    }

    [Fact]
    public async Task Timestamps_OfWholeSeconds_LoseNothing()
    {
        var user = TestAudio.Pcm(1, 5000);
        var frames = Enumerable.Range(0, 250).Select(i => AcsDriver.Frame(
            0, user.AsSpan(i * 320, 320), Telephone, time: AcsDriver.Noon.AddMilliseconds(700 + i * 20).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture)));
        var manifest = await RecordAsync(frames);

        User(manifest).ShouldSound(user);
    }

    [Fact]
    public async Task Timestamps_ThatDropTheirZeros_AreExact()
    {
        // As .NET writes them: 12:00:01Z between 12:00:00.98Z and 12:00:01.02Z.
        var user = TestAudio.Pcm(1, 3000);
        var frames = Enumerable.Range(0, 150).Select(i => AcsDriver.Frame(
            0, user.AsSpan(i * 320, 320), Telephone, time: AcsDriver.Noon.AddMilliseconds(i * 20).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture))).ToArray();
        var expected = user.ToArray();
        Array.Clear(expected, 20 * 320, 30 * 320);
        var manifest = await RecordAsync([.. frames[..20], frames[0], .. frames[50..], frames[50]]);

        User(manifest).ShouldSound(expected);
        manifest.Tracks[0].Facts!.FramesDuplicated.ShouldBe(2);
    }

    [Fact]
    public async Task Frames_OfTheSameMoment_AreKeptUnlessTheyAreTheSame()
    {
        var user = TestAudio.Pcm(1, 200);
        var frames = Frames(user, 0, Telephone).ToArray();
        var burst = Enumerable.Range(0, 5).Select(i => AcsDriver.Frame(200, TestAudio.Pcm(50 + i, 20), Telephone)).ToArray();
        var manifest = await RecordAsync([.. frames, .. burst, burst[4]]);

        User(manifest).ShouldSound([.. user, .. Enumerable.Range(0, 5).SelectMany(i => TestAudio.Pcm(50 + i, 20))]);
        manifest.Tracks[0].Facts!.FramesDuplicated.ShouldBe(1);
    }

    [Fact]
    public async Task Clock_ThatIsSetBack_CostsTwoFrames()
    {
        var before = TestAudio.Pcm(1, 2000);
        var after = TestAudio.Pcm(2, 2000);
        var manifest = await RecordAsync([.. Frames(before, 3_600_000, Telephone), .. Frames(after, 0, Telephone)]);

        manifest.ClockJumps.ShouldBe(1);
        var kept = User(manifest);
        kept[..32_000].ShouldSound(before);
        kept[^(after.Length - 960)..].ShouldSound(after[960..]);
    }

    [Fact]
    public async Task Message_WithHalfASample_IsLeftOutAndCounted()
    {
        var user = TestAudio.Pcm(1, 200);
        var frames = Frames(user, 0, Telephone).ToArray();
        var manifest = await RecordAsync([.. frames[..5], """{"kind":"AudioData","audioData":{"timestamp":"2026-01-15T12:00:00.100Z","data":"AAAA"}}""", .. frames[5..]]);

        User(manifest).ShouldSound(user);
        manifest.MessagesRejected.ShouldBe(1);
    }

    [Fact]
    public async Task Message_LargerThanAllowed_EndsTheStreamAndKeepsWhatCame()
    {
        var user = TestAudio.Pcm(1, 1000);
        await using var driver = await AcsDriver.StartAsync(_host, _issuer);
        await driver.SendAsync(user, participant: Telephone);
        await driver.SendAsync(new string(' ', 70_000));
        await driver.WaitForCloseAsync();

        driver.ClosedWith.ShouldBe(WebSocketCloseStatus.MessageTooBig);
        var manifest = await _host.AnnouncedAsync(driver.CallId);
        User(manifest).ShouldSound(user);
    }

    [Fact]
    public async Task Stream_WithoutAudio_IsAFailureAndNoFile()
    {
        await using var driver = await AcsDriver.StartAsync(_host, _issuer);
        await driver.CloseAsync();

        var manifest = await _host.AnnouncedAsync(driver.CallId);

        manifest.Recordings.ShouldAllBe(r => r.Failure != null);
        Directory.GetFiles(Path.Combine(_host.Folder, driver.CallId), "*.wav*").ShouldBeEmpty();
    }

    private short[] User(RecordingManifest manifest) => _host.Read(manifest, RecordingTypes.User).Samples;

    private static IEnumerable<string> Frames(short[] samples, long fromMs, string? participant, int sampleRate = 16_000, Func<int>? jitter = null)
    {
        var frame = sampleRate / 50;
        for (var offset = 0; offset < samples.Length; offset += frame)
        {
            yield return AcsDriver.Frame(
                fromMs + offset * 1000L / sampleRate + (jitter?.Invoke() ?? 0), samples.AsSpan(offset, Math.Min(frame, samples.Length - offset)), participant);
        }
    }

    private static IEnumerable<string> Interleave(params (string Participant, short[] Samples)[] voices) =>
        voices.Select(voice => Frames(voice.Samples, 0, voice.Participant).ToArray()) is var all
            ? Enumerable.Range(0, all.Max(frames => frames.Length)).SelectMany(i => all.Where(frames => i < frames.Length).Select(frames => frames[i]))
            : [];

    private async Task<RecordingManifest> RecordAsync(IEnumerable<string> frames, int sampleRate = 16_000)
    {
        await using var driver = await AcsDriver.StartAsync(_host, _issuer, sampleRate: sampleRate);
        foreach (var frame in frames)
        {
            await driver.SendAsync(frame);
        }

        await driver.CloseAsync();
        return await _host.AnnouncedAsync(driver.CallId);
    }
}
