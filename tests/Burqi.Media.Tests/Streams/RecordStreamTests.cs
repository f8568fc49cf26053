using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Burqi.Contracts.Recordings;
using Burqi.Media.Spool;
using Burqi.Media.Streams;
using Burqi.Media.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Media.Tests.Streams;

public sealed class RecordStreamTests : IAsyncLifetime
{
    private MediaHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await MediaHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Stream_InOrder_IsKeptSampleForSample()
    {
        var user = TestAudio.Noise(1, 3000);
        var assistant = TestAudio.Noise(2, 3000);
        await using var driver = await StreamDriver.StartAsync(_host);

        await driver.SendAsync(user, assistant);
        await driver.StopAsync();

        var manifest = await _host.AnnouncedAsync(driver.CallSid);
        var tracks = _host.Tracks(manifest);
        tracks.User.ShouldSound(Vectors.Decode(user));
        tracks.Assistant.ShouldSound(Vectors.Decode(assistant));
        tracks.Mixed.ShouldSound(TestAudio.Mix(Vectors.Decode(user), Vectors.Decode(assistant)));
        manifest.DurationMs.ShouldBe(3000);
        manifest.Ending.ShouldBe("stop");
        manifest.MessagesLost.ShouldBe(0);
        manifest.MessagesRejected.ShouldBe(0);
        manifest.Tracks[0].Facts!.FramesReceived.ShouldBe(150);
        manifest.Tracks[0].Facts!.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public async Task Stream_Recorded_LeavesThreeNamedFilesAndAManifest()
    {
        await using var driver = await StreamDriver.StartAsync(_host);
        await driver.SendAsync(TestAudio.Noise(1, 200), TestAudio.Noise(2, 200));
        await driver.StopAsync();

        var manifest = await _host.AnnouncedAsync(driver.CallSid);

        Directory.GetFiles(Path.Combine(_host.Folder, driver.CallSid)).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(
            [$"assistant_{manifest.Unix}.wav", $"manifest_{manifest.Unix}.json", $"mixed_{manifest.Unix}.wav", $"user_{manifest.Unix}.wav"]);
        foreach (var recording in manifest.Recordings)
        {
            var bytes = await File.ReadAllBytesAsync(Path.Combine(_host.Folder, driver.CallSid, recording.File));
            recording.FileSize.ShouldBe(bytes.Length);
            recording.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(bytes)));
            Wav.Read(Path.Combine(_host.Folder, driver.CallSid, recording.File)).IsFinal.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Stream_WithFramesMissing_HasSilenceThereAndListsIt()
    {
        var user = TestAudio.Noise(3, 2000);
        var assistant = TestAudio.Noise(4, 2000);
        await using var driver = await StreamDriver.StartAsync(_host);
        await driver.SendAsync(user[..4000], assistant[..4000]);
        await driver.SendAsync([], assistant[4000..4800], fromMs: 500);
        await driver.SendAsync(user[4800..], assistant[4800..], fromMs: 600);
        await driver.StopAsync();

        var manifest = await _host.AnnouncedAsync(driver.CallSid);
        var expected = Vectors.Decode(user);
        Array.Clear(expected, 4000, 800);
        _host.Tracks(manifest).User.ShouldSound(expected);
        _host.Tracks(manifest).Assistant.ShouldSound(Vectors.Decode(assistant));
        manifest.Tracks[0].Facts!.Gaps.ShouldBe([new GapFacts(500, 100)]);
        manifest.Tracks[1].Facts!.Gaps.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Stream_ShuffledAndRepeated_IsKeptSampleForSample(int seed)
    {
        var user = TestAudio.Noise(seed, 6000);
        var assistant = TestAudio.Noise(seed + 100, 6000);
        await using var driver = await StreamDriver.StartAsync(_host);
        var frames = new List<string>();
        for (var offset = 0; offset < user.Length; offset += 160)
        {
            frames.Add(driver.Frame("inbound", offset / 8, user[offset..(offset + 160)]));
            frames.Add(driver.Frame("outbound", offset / 8, assistant[offset..(offset + 160)]));
        }

        // Each frame up to 60 places late, every fifth twice, the copy anywhere later.
        var random = new Random(seed);
        var order = frames.Select((frame, index) => (frame, at: index + random.Next(60)))
            .Concat(frames.Where((_, index) => index % 5 == 0).Select((frame, index) => (frame, at: index * 5 + random.Next(60, 400))))
            .OrderBy(sent => sent.at);
        foreach (var (frame, _) in order)
        {
            await driver.SendAsync(frame);
        }

        await driver.StopAsync();

        var manifest = await _host.AnnouncedAsync(driver.CallSid);
        _host.Tracks(manifest).User.ShouldSound(Vectors.Decode(user));
        _host.Tracks(manifest).Assistant.ShouldSound(Vectors.Decode(assistant));
        var facts = manifest.Tracks[0].Facts!;
        facts.FramesReceived.ShouldBe(300);
        facts.FramesLate.ShouldBeGreaterThan(0);
        facts.GapMs.ShouldBe(0);
        (facts.FramesDuplicated + manifest.Tracks[1].Facts!.FramesDuplicated).ShouldBe(120);
    }

    [Fact]
    public async Task Stream_OddFrameSizes_IsKeptSampleForSample()
    {
        var user = TestAudio.Noise(5, 8000);
        await using var driver = await StreamDriver.StartAsync(_host);
        var random = new Random(5);
        for (var offset = 0; offset < user.Length;)
        {
            // Timestamps are whole milliseconds, rounded down: frames of such sizes rarely begin on one.
            var length = Math.Min(random.Next(60, 5000), user.Length - offset);
            await driver.SendFrameAsync("inbound", offset / 8, user[offset..(offset + length)]);
            offset += length;
        }

        await driver.StopAsync();

        var manifest = await _host.AnnouncedAsync(driver.CallSid);
        _host.Tracks(manifest).User.ShouldSound(Vectors.Decode(user));
        _host.Tracks(manifest).Assistant.ShouldAllBe(sample => sample == 0);
        manifest.Tracks[0].Facts!.Gaps.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Timestamps_ThatShake_CutNothingOff(int shakeMs)
    {
        var user = TestAudio.Noise(5, 8000);
        await using var driver = await StreamDriver.StartAsync(_host);
        var random = new Random(5);
        for (var offset = 0; offset < user.Length; offset += 160)
        {
            await driver.SendFrameAsync("inbound", offset / 8 + random.Next(shakeMs + 1), user[offset..(offset + 160)]);
        }

        await driver.StopAsync();

        // Where a timestamp says so there is a pause of some milliseconds; without the pauses it is what was sent.
        var manifest = await _host.AnnouncedAsync(driver.CallSid);
        var facts = manifest.Tracks[0].Facts!;
        facts.FramesReceived.ShouldBe(400);
        facts.GapMs.ShouldBeLessThanOrEqualTo(shakeMs);
        var kept = _host.Tracks(manifest).User.ToList();
        kept.RemoveRange(0, (int)facts.FirstTimestampMs! * 8);
        foreach (var gap in facts.Gaps.Reverse())
        {
            kept.RemoveRange((int)((gap.StartMs - facts.FirstTimestampMs!.Value) * 8), (int)(gap.DurationMs * 8));
        }

        kept.ToArray().ShouldSound(Vectors.Decode(user));
    }

    [Fact]
    public async Task Stream_TracksThatBeginLater_ShareOneOrigin()
    {
        var user = TestAudio.Noise(6, 400);
        var assistant = TestAudio.Noise(7, 400);
        await using var driver = await StreamDriver.StartAsync(_host);
        await driver.SendAsync(user, [], fromMs: 5);
        await driver.SendAsync([], assistant, fromMs: 1212);
        await driver.StopAsync();

        var tracks = _host.Tracks(await _host.AnnouncedAsync(driver.CallSid));
        tracks.User.ShouldSound(TestAudio.Padded([.. new short[40], .. Vectors.Decode(user)], 12896));
        tracks.Assistant.ShouldSound([.. new short[9696], .. Vectors.Decode(assistant)]);
        tracks.Mixed.ShouldSound(TestAudio.Mix(tracks.User, tracks.Assistant));
    }

    [Fact]
    public async Task Stream_OneTrack_IsRecordedWithItsMix()
    {
        var user = TestAudio.Noise(8, 300);
        await using var driver = await StreamDriver.StartAsync(_host, tracks: ["inbound"]);
        await driver.SendAsync(user, []);
        await driver.StopAsync();

        var manifest = await _host.AnnouncedAsync(driver.CallSid);
        manifest.Recordings.Select(r => r.RecordingType).ShouldBe([RecordingTypes.User, RecordingTypes.Mixed]);
        _host.Read(manifest, RecordingTypes.Mixed).Samples.ShouldSound(Vectors.Decode(user));
    }

    [Fact]
    public async Task Stream_TrackNobodyAnnounced_IsRecordedAllTheSame()
    {
        var user = TestAudio.Noise(9, 300);
        var assistant = TestAudio.Noise(10, 300);
        await using var driver = await StreamDriver.StartAsync(_host, tracks: ["inbound"]);
        await driver.SendAsync(user, assistant);
        await driver.StopAsync();

        var manifest = await _host.AnnouncedAsync(driver.CallSid);
        manifest.Recordings.Select(r => r.RecordingType).ShouldBe([RecordingTypes.User, RecordingTypes.Assistant, RecordingTypes.Mixed]);
        _host.Tracks(manifest).Assistant.ShouldSound(Vectors.Decode(assistant));
    }

    [Fact]
    public async Task Stream_SecondOfTheCallInTheSameSecond_HasFilesOfItsOwn()
    {
        var callSid = StreamDriver.NewSid("CA");
        var audio = Enumerable.Range(20, 16).Select(seed => TestAudio.Noise(seed, 200)).ToArray();
        var drivers = await Task.WhenAll(audio.Select(_ => StreamDriver.StartAsync(_host, callSid)));
        await Task.WhenAll(drivers.Zip(audio, (driver, bytes) => driver.SendAsync(bytes, [])));
        await Task.WhenAll(drivers.Select(driver => driver.StopAsync()));

        for (var i = 0; i < drivers.Length; i++)
        {
            var manifest = await _host.AnnouncedAsync(callSid, drivers[i].StreamSid);
            _host.Read(manifest, RecordingTypes.User).Samples.ShouldSound(Vectors.Decode(audio[i]));
            await drivers[i].DisposeAsync();
        }

        _host.Manifests(callSid).Select(m => m.Unix).ShouldBeUnique();
    }

    [Theory]
    [InlineData(true, "closed")]
    [InlineData(false, "aborted")]
    public async Task Stream_ThatEndsWithoutStop_IsFinal(bool politely, string ending)
    {
        var user = TestAudio.Noise(11, 500);
        await using var driver = await StreamDriver.StartAsync(_host);
        await driver.SendAsync(user, []);
        if (politely)
        {
            await driver.CloseAsync();
        }
        else
        {
            // What has arrived is kept; what is still in the sender's buffers when a connection breaks never arrives.
            await Burqi.Testing.Eventually.BecomesTrueAsync(
                () => _host.Manifests(driver.CallSid).Any() && PartLength(driver.CallSid) >= 44 + (500 - 20) * 16);
            driver.Abort();
        }

        var manifest = await _host.AnnouncedAsync(driver.CallSid);
        manifest.Ending.ShouldBe(ending);
        var kept = _host.Tracks(manifest).User;
        kept.ShouldSound(Vectors.Decode(user)[..kept.Length]);
        kept.Length.ShouldBeGreaterThanOrEqualTo(480 * 8);
    }

    [Fact]
    public async Task Transcript_OfEveryVector_IsPlacedByItsTimestamps()
    {
        foreach (var stream in Vectors.MediaStreams)
        {
            var callSid = StreamDriver.NewSid("CA");
            await using var driver = await StreamDriver.ConnectAsync(_host, callSid);
            var placed = new Dictionary<string, SortedDictionary<int, byte[]>>(StringComparer.Ordinal);
            foreach (var message in stream!["messages"]!.AsArray())
            {
                // Each vector is played as a call of its own, which was given the stream.
                if (message!["start"] is JsonObject start)
                {
                    start["customParameters"]!["token"] = StreamDriver.NewToken(callSid);
                }

                var text = message!.ToJsonString()
                    .Replace("CA00000000000000000000000000000001", callSid, StringComparison.Ordinal)
                    .Replace("MZ00000000000000000000000000000001", driver.StreamSid, StringComparison.Ordinal);
                await driver.SendAsync(text);
                if (message["media"] is JsonObject media)
                {
                    var track = media["track"]!.GetValue<string>();
                    placed.TryAdd(track, []);
                    placed[track][int.Parse(media["timestamp"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture) * 8] =
                        Convert.FromBase64String(media["payload"]!.GetValue<string>());
                }
            }

            await (stream["endsWithStop"]!.GetValue<bool>() ? driver.WaitForCloseAsync() : driver.CloseAsync());
            var manifest = await _host.AnnouncedAsync(callSid);
            var length = placed.Values.Max(frames => frames.Keys.Last() + frames.Values.Last().Length);
            foreach (var (track, frames) in placed)
            {
                var recordingType = track == "inbound" ? RecordingTypes.User : RecordingTypes.Assistant;
                var expected = new short[length];
                foreach (var (position, payload) in frames)
                {
                    Vectors.Decode(payload).CopyTo(expected, position);
                }

                var samples = _host.Read(manifest, recordingType).Samples;
                samples.ShouldSound(expected, $"{stream["name"]}, {track}");

                // And the vector's own word for it: the frames one after the other.
                var pcm = frames.SelectMany(frame => samples.Skip(frame.Key).Take(frame.Value.Length)).SelectMany(BitConverter.GetBytes).ToArray();
                var published = stream["expected"]![track]!;
                Convert.ToHexStringLower(SHA256.HashData(pcm)).ShouldBe(published["pcm16leSha256"]!.GetValue<string>());
                var facts = manifest.Tracks.Single(t => t.Name == recordingType).Facts!;
                facts.FramesReceived.ShouldBe(published["frames"]!.GetValue<int>());
                facts.FirstTimestampMs.ShouldBe(published["firstTimestampMs"]!.GetValue<int>());
                facts.LastTimestampMs.ShouldBe(published["lastTimestampMs"]!.GetValue<int>());
            }
        }
    }

    [Fact]
    public async Task Disk_ThatHangs_CostsAudioBeyondTheBufferAndNeverTheStream()
    {
        await using var host = await MediaHost.StartAsync(settings: ("BURQI_MEDIA_BUFFER_MIB", "1"));
        using var disk = new ManualResetEventSlim();
        var lanes = host.Services.GetRequiredService<DiskLanes>();
        lanes.Flushing.Schedule(new HangingWork(disk));
        lanes.Flushing.Schedule(new HangingWork(disk));
        var user = TestAudio.Noise(12, 60_000);
        await using var driver = await StreamDriver.StartAsync(host);
        await driver.SendAsync(user, user);

        // The close comes after all frames were read, while the disk still hangs.
        await driver.StopAsync();
        driver.ClosedWith.ShouldBe(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure);
        host.Services.GetRequiredService<PcmBlockPool>().Rented.ShouldBeLessThanOrEqualTo(1024 * 1024 / 2 / 3200 + 1);
        disk.Set();

        var manifest = await host.AnnouncedAsync(driver.CallSid);
        var facts = manifest.Tracks[0].Facts!;
        var kept = host.Tracks(manifest).User;
        kept.Length.ShouldBeGreaterThan(8000);
        kept.ShouldSound(Vectors.Decode(user)[..kept.Length]);
        facts.OverflowedMs.ShouldBe(60_000 - kept.Length / 8.0);
        facts.Gaps.ShouldBe([new GapFacts(kept.Length / 8.0, facts.OverflowedMs)]);
    }

    private sealed class HangingWork(ManualResetEventSlim disk) : IDiskWork
    {
        public void Run() => disk.Wait();
    }

    private long PartLength(string callSid) =>
        new DirectoryInfo(Path.Combine(_host.Folder, callSid)).GetFiles("user_*.part").Select(file => file.Length).FirstOrDefault();
}
