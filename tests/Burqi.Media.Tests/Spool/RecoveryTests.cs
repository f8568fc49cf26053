using Burqi.Contracts;
using Burqi.Contracts.Recordings;
using Burqi.Identity;
using Burqi.Media.Spool;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;

namespace Burqi.Media.Tests.Spool;

public sealed class RecoveryTests
{
    private static readonly string[] AllTypes = [RecordingTypes.User, RecordingTypes.Assistant, RecordingTypes.Mixed];

    [Fact]
    public async Task Process_KilledMidCall_LosesNoMoreThanAQuarterSecondAndIsRecoveredOnce()
    {
        var folder = TestFolder.Create("media");
        var user = TestAudio.Noise(1, 5000);
        var assistant = TestAudio.Noise(2, 5000);
        string callSid, streamSid;
        await using (var process = await MediaProcess.StartAsync(folder))
        {
            await using var driver = await process.ConnectAsync();
            (callSid, streamSid) = (driver.CallSid, driver.StreamSid);
            await driver.SendConnectedAsync();
            await driver.SendStartAsync();
            await driver.SendAsync(user, assistant);

            // Until what was sent was received: the kernel's buffers are no audio of ours.
            await Eventually.BecomesTrueAsync(() => PartFiles(folder, callSid).Length == 2 && PartFiles(folder, callSid).All(f => f.Length >= 44 + (5000 - 250) * 16));
            await process.KillAsync();
        }

        foreach (var part in PartFiles(folder, callSid))
        {
            var wav = Wav.Read(part.FullName);
            wav.IsFinal.ShouldBeFalse();
            var sent = Vectors.Decode(part.Name.StartsWith("user", StringComparison.Ordinal) ? user : assistant);
            wav.Samples.ShouldSound(sent[..wav.Samples.Length]);
        }

        RecordingManifest manifest;
        await using (var host = await MediaHost.StartAsync(folder))
        {
            manifest = await host.AnnouncedAsync(callSid);
            manifest.Recovered.ShouldBeTrue();
            var tracks = host.Tracks(manifest);
            tracks.User.Length.ShouldBeInRange((5000 - 250) * 8, 40_000);
            tracks.Assistant.Length.ShouldBe(tracks.User.Length);
            tracks.Mixed.ShouldSound(TestAudio.Mix(tracks.User, tracks.Assistant));
            var captured = host.Messages.Of<RecordingCaptured>();
            captured.Select(m => m.RecordingType).ShouldBe(AllTypes);
            captured.ShouldAllBe(m => m.Recovered);
            captured.Select(m => m.RecordingId).ShouldBe(AllTypes.Select(type => RecordingId.Create(Providers.Twilio, callSid, streamSid, type)));
            host.Messages.Of<RecordingStarted>().Length.ShouldBe(3);
        }

        // Another start says it again, since it was within the hour, and makes nothing anew.
        await using var next = await MediaHost.StartAsync(folder);
        await Eventually.BecomesTrueAsync(() => next.Messages.Of<RecordingCaptured>().Length == 3);
        next.Messages.Of<RecordingCaptured>().Select(m => m.Sha256).ShouldBe(manifest.Recordings.Select(r => r.Sha256));
        await Eventually.BecomesTrueAsync(() => next.Manifests(callSid).Single().AnnouncedAt > manifest.AnnouncedAt);
        Directory.GetFiles(Path.Combine(folder, callSid)).Length.ShouldBe(4);
    }

    [Fact]
    public async Task Folder_CopiedAtAnyMoment_IsRecovered()
    {
        var user = TestAudio.Noise(3, 4000);
        var assistant = TestAudio.Noise(4, 4000);
        var copies = new List<string>();
        await using var host = await MediaHost.StartAsync();
        await using var driver = await StreamDriver.StartAsync(host);
        await Eventually.BecomesTrueAsync(() => PartFiles(host.Folder, driver.CallSid).Length == 2);
        for (var from = 0; from < user.Length; from += 6400)
        {
            await driver.SendAsync(user[from..(from + 6400)], assistant[from..(from + 6400)], fromMs: from / 8);
            copies.Add(Copy(host.Folder, driver.CallSid));
        }

        foreach (var copy in copies)
        {
            await using var next = await MediaHost.StartAsync(copy);
            var manifest = await next.AnnouncedAsync(driver.CallSid);
            if (manifest.DurationMs == 0)
            {
                next.Messages.Of<RecordingFailed>().Length.ShouldBe(3);
                continue;
            }

            var tracks = next.Tracks(manifest);
            ShouldBeSentThenSilence(tracks.User, user);
            ShouldBeSentThenSilence(tracks.Assistant, assistant);
            tracks.Mixed.ShouldSound(TestAudio.Mix(tracks.User, tracks.Assistant));
            next.Messages.Of<RecordingCaptured>().Select(m => m.RecordingType).ShouldBe(AllTypes);
        }
    }

    public static TheoryData<int> FinalizeSteps => [0, 1, 2, 3, 4];

    [Theory]
    [MemberData(nameof(FinalizeSteps))]
    public async Task Process_EndedWhileFinalizing_IsFinishedByTheNext(int step)
    {
        // The folder as each step of finalizing leaves it.
        var folder = TestFolder.Create("media");
        var user = TestAudio.Noise(5, 1000);
        RecordingManifest manifest;
        (short[] User, short[] Assistant, short[] Mixed) before;
        await using (var host = await MediaHost.StartAsync(folder))
        {
            await using var driver = await StreamDriver.StartAsync(host);
            await driver.SendAsync(user, TestAudio.Noise(6, 700));
            await driver.StopAsync();
            manifest = await host.AnnouncedAsync(driver.CallSid);
            before = host.Tracks(manifest);
        }

        var call = Path.Combine(folder, manifest.CallId);
        var files = manifest.Recordings.Select(r => Path.Combine(call, r.File)).ToArray();
        foreach (var file in files.Skip(step))
        {
            File.Move(file, file + ".part");
        }

        if (step == 0)
        {
            File.Delete(files[2] + ".part");
        }

        var unfinished = manifest with { State = ManifestStates.Recording, AnnouncedAt = null, DurationMs = null, EndedAt = null };
        await File.WriteAllBytesAsync(
            Path.Combine(call, manifest.Location.ManifestName),
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(unfinished, ManifestJsonContext.Default.RecordingManifest));

        await using var next = await MediaHost.StartAsync(folder);
        var recovered = await next.AnnouncedAsync(manifest.CallId);

        recovered.Recovered.ShouldBeTrue();
        recovered.Recordings.Select(r => r.Sha256).ShouldBe(manifest.Recordings.Select(r => r.Sha256));
        next.Tracks(recovered).Mixed.ShouldSound(before.Mixed);
        Directory.GetFiles(call).Length.ShouldBe(4);
    }

    [Fact]
    public async Task Manifest_ThatIsNoneOfOurs_IsLeftAlone()
    {
        var folder = TestFolder.Create("media");
        var call = Directory.CreateDirectory(Path.Combine(folder, StreamDriver.NewSid("CA"))).FullName;
        var evil = Path.Combine(call, "manifest_1.json");
        await File.WriteAllTextAsync(evil, """{"state":"recording","call_id":"../..","recordings":[{"file":"../../x"}]}""");
        await File.WriteAllTextAsync(Path.Combine(call, "manifest_2.json"), "{");

        await using var host = await MediaHost.StartAsync(folder);
        await using var driver = await StreamDriver.StartAsync(host);
        await driver.SendAsync(TestAudio.Noise(1, 100), []);
        await driver.StopAsync();

        await host.AnnouncedAsync(driver.CallSid);
        File.Exists(evil).ShouldBeTrue();
    }

    [Fact]
    public async Task Disk_ThatRefusesMidCall_FailsTheRecordingAndKeepsWhatWasWritten()
    {
        var folder = TestFolder.Create("media");
        var user = TestAudio.Noise(7, 6000);
        await using var process = await MediaProcess.StartAsync(folder, maxFileKib: 64);
        await using var driver = await process.ConnectAsync();
        await driver.SendConnectedAsync();
        await driver.SendStartAsync();
        await driver.SendAsync(user, user);
        await driver.StopAsync();
        driver.ClosedWith.ShouldBe(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure);

        var path = await Eventually.ReturnsAsync(() => Task.FromResult(Directory.GetFiles(Path.Combine(folder, driver.CallSid), "manifest_*.json").SingleOrDefault()));
        var manifest = await Eventually.ReturnsAsync(() => Task.FromResult(ManifestStore.TryRead(folder, path) is { State: not ManifestStates.Recording } final ? final : null));

        manifest.Recordings.ShouldAllBe(r => r.Failure != null && r.FailedAt != null);
        var kept = Wav.Read(Path.Combine(folder, driver.CallSid, manifest.Recordings[0].File));
        kept.IsFinal.ShouldBeTrue();
        kept.Samples.ShouldSound(Vectors.Decode(user)[..((64 * 1024 - 44) / 2)]);
    }

    [Fact]
    public void Reason_OfAFullDisk_SaysSo()
    {
        // The kernel's own full disk.
        var full = Should.Throw<IOException>(() =>
        {
            using var file = new FileStream("/dev/full", FileMode.Open, FileAccess.Write);
            file.WriteByte(1);
        });

        FailureReason.Classify(full).ShouldBe("disk_full");
        FailureReason.Describe(full).ShouldBe("The disk of the media node is full.");
    }

    [Fact]
    public async Task Lock_HeldByAnotherProcess_IsWaitedForThenRefused()
    {
        await using var host = await MediaHost.StartAsync();
        var options = Microsoft.Extensions.Options.Options.Create(new MediaOptions { RecordingsDir = host.Folder });
        using var second = new NodeLock(new ManifestStore(options), new HurriedTime());

        var refused = await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => second.StartingAsync(CancellationToken.None));

        refused.Failures.Single().ShouldStartWith("BURQI_RECORDINGS_DIR names a folder that is in use by another process");
    }

    private static FileInfo[] PartFiles(string folder, string callSid) =>
        Directory.Exists(Path.Combine(folder, callSid)) ? new DirectoryInfo(Path.Combine(folder, callSid)).GetFiles("*.wav.part") : [];

    private static string Copy(string folder, string callSid)
    {
        var copy = TestFolder.Create("copy");
        var call = Directory.CreateDirectory(Path.Combine(copy, callSid)).FullName;
        foreach (var path in Directory.GetFiles(Path.Combine(folder, callSid)))
        {
            using var source = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var target = File.Create(Path.Combine(call, Path.GetFileName(path)));
            source.CopyTo(target);
        }

        return copy;
    }

    private static void ShouldBeSentThenSilence(short[] samples, byte[] sent)
    {
        // Where the copy caught one track before the other, the shorter one ends in silence: after whole frames, never within them.
        var expected = Vectors.Decode(sent);
        var same = samples.AsSpan().CommonPrefixLength(expected);
        samples[same..].ShouldAllBe(sample => sample == 0);
        samples.Length.ShouldBeLessThanOrEqualTo(expected.Length);
    }

    /// <summary>A clock on which every look is ten seconds after the last.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _now += 10;
    }
}
