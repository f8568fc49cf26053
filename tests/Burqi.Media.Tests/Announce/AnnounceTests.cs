using Burqi.Contracts;
using Burqi.Contracts.Recordings;
using Burqi.Media.Content;
using Burqi.Media.Spool;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Media.Tests.Announce;

public sealed class AnnounceTests
{
    private static readonly string[] AllTypes = [RecordingTypes.User, RecordingTypes.Assistant, RecordingTypes.Mixed];

    [Fact]
    public async Task Stream_Started_IsAnnouncedWhileItLasts()
    {
        await using var host = await MediaHost.StartAsync();
        await using var driver = await StreamDriver.StartAsync(host);

        await Eventually.BecomesTrueAsync(() => host.Messages.Of<RecordingStarted>().Length == 3);

        host.Messages.Of<RecordingStarted>().Select(m => m.RecordingType).ShouldBe(AllTypes);
        host.Messages.Of<RecordingStarted>().ShouldAllBe(m =>
            m.Provider == Providers.Twilio && m.CallId == driver.CallSid && m.StreamId == driver.StreamSid && m.RecordingSource == RecordingSources.Local
            && m.SampleRate == 8000 && m.Channels == 1 && m.Format == "wav");
        host.Messages.Of<RecordingCaptured>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Stream_Ended_IsAnnouncedWithWhatLiesOnDisk()
    {
        await using var host = await MediaHost.StartAsync(settings: ("BURQI_MEDIA_NODE", "node-7"));
        await using var driver = await StreamDriver.StartAsync(host);
        await driver.SendAsync(TestAudio.Noise(1, 1000), TestAudio.Noise(2, 1000));
        await driver.StopAsync();

        var manifest = await host.AnnouncedAsync(driver.CallSid);

        var captured = host.Messages.Of<RecordingCaptured>();
        captured.Select(m => m.RecordingType).ShouldBe(AllTypes);
        foreach (var message in captured)
        {
            var recording = manifest.Recordings.Single(r => r.RecordingId == message.RecordingId);
            message.FilePath.ShouldBe($"{driver.CallSid}/{recording.File}");
            message.FileSize.ShouldBe(new FileInfo(Path.Combine(host.Folder, message.FilePath)).Length);
            message.Sha256.ShouldBe(recording.Sha256);
            message.DurationMs.ShouldBe(1000);
            message.EndedAt.ShouldBe(message.StartedAt.AddSeconds(1));
            message.StartedAt.ToUnixTimeSeconds().ShouldBe(manifest.Unix);
            message.MediaNode.ShouldBe("node-7");
            message.Recovered.ShouldBeFalse();
            host.Messages.Of<RecordingStarted>().Select(m => m.RecordingId).ShouldContain(message.RecordingId);
        }
    }

    [Fact]
    public async Task Stream_WithGaps_IsAnnouncedWithWhatItsFramesWereLike()
    {
        await using var host = await MediaHost.StartAsync();
        await using var driver = await StreamDriver.StartAsync(host);

        // The user is away from 200 to 500 ms and from 700 to 800, the assistant from 400 to 600: both are from 400 to 500.
        await driver.SendAsync(TestAudio.Noise(1, 200), []);
        await driver.SendAsync([], TestAudio.Noise(2, 400));
        await driver.SendAsync(TestAudio.Noise(3, 200), [], fromMs: 500);
        await driver.SendAsync([], TestAudio.Noise(4, 300), fromMs: 600);
        await driver.SendAsync(TestAudio.Noise(5, 200), [], fromMs: 800);
        await driver.SendAsync(driver.Frame("inbound", 980, TestAudio.Noise(5, 20)));
        await driver.StopAsync();
        await host.AnnouncedAsync(driver.CallSid);

        var facts = host.Messages.Of<RecordingCaptured>().ToDictionary(
            m => m.RecordingType,
            m => (m.FramesReceived, m.FramesDuplicated, m.FramesLate, m.GapCount, m.GapMs, m.CoverageMs, m.FirstTimestampMs, m.LastTimestampMs));
        facts[RecordingTypes.User].ShouldBe((30, 1, 0, 2, 400, 600, 0, 980));
        facts[RecordingTypes.Assistant].ShouldBe((35, 0, 0, 1, 200, 700, 0, 880));
        facts[RecordingTypes.Mixed].ShouldBe((65, 1, 0, 1, 100, 900, 0, 980));
        host.Messages.Of<RecordingCaptured>().ShouldAllBe(m => m.FramesLost == 0 && m.Peak > 30_000 && m.Rms > 1000 && m.SilentMs < 500);
    }

    [Fact]
    public async Task Bus_AwayThenBack_HearsOfEveryRecordingOnce()
    {
        await using var host = await MediaHost.StartAsync();
        host.Messages.Fails = true;
        var calls = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            await using var driver = await StreamDriver.StartAsync(host);
            await driver.SendAsync(TestAudio.Noise(i, 100), []);
            await driver.StopAsync();
            calls.Add(driver.CallSid);
        }

        await Eventually.BecomesTrueAsync(() => host.Messages.Attempts >= 6);
        calls.SelectMany(host.Manifests).ShouldAllBe(m => m.State != ManifestStates.Announced);
        host.Messages.Fails = false;

        foreach (var call in calls)
        {
            await host.AnnouncedAsync(call);
        }

        host.Messages.Of<RecordingCaptured>().Length.ShouldBe(9);
        host.Messages.Of<RecordingCaptured>().Select(m => m.RecordingId).ShouldBeUnique();
    }

    [Fact]
    public async Task Bus_AwayUntilTheProcessEnds_IsToldByTheNext()
    {
        var folder = TestFolder.Create("media");
        string callSid;
        await using (var host = await MediaHost.StartAsync(folder))
        {
            host.Messages.Fails = true;
            await using var driver = await StreamDriver.StartAsync(host);
            await driver.SendAsync(TestAudio.Noise(1, 100), []);
            await driver.StopAsync();
            callSid = driver.CallSid;
            await Eventually.BecomesTrueAsync(() => host.Manifests(callSid).Any(m => m.State == ManifestStates.Final));
        }

        await using var next = await MediaHost.StartAsync(folder);
        await next.AnnouncedAsync(callSid);

        next.Messages.Of<RecordingStarted>().Select(m => m.RecordingType).ShouldBe(AllTypes);
        next.Messages.Of<RecordingCaptured>().Select(m => m.RecordingType).ShouldBe(AllTypes);
        next.Messages.Of<RecordingCaptured>().ShouldAllBe(m => !m.Recovered);
    }

    [Theory]
    [InlineData(0.5, 6)]
    [InlineData(2, 3)]
    public async Task Start_AfterAnnouncements_RepeatsTheHourBeforeTheLast(double hoursApart, int repeated)
    {
        var folder = TestFolder.Create("media");
        var manifests = new List<RecordingManifest>();
        await using (var host = await MediaHost.StartAsync(folder))
        {
            for (var call = 0; call < 2; call++)
            {
                await using var driver = await StreamDriver.StartAsync(host);
                await driver.SendAsync(TestAudio.Noise(1, 100), []);
                await driver.StopAsync();
                manifests.Add(await host.AnnouncedAsync(driver.CallSid));
            }
        }

        // The process was away for two days.
        await AnnouncedAtAsync(manifests[0], DateTimeOffset.UtcNow.AddDays(-2).AddHours(-hoursApart));
        await AnnouncedAtAsync(manifests[1], DateTimeOffset.UtcNow.AddDays(-2));
        await using var next = await MediaHost.StartAsync(folder);
        await Eventually.BecomesTrueAsync(() => next.Services.GetRequiredService<RecordingIndex>().IsComplete);
        await Eventually.BecomesTrueAsync(() => next.Messages.Of<RecordingCaptured>().Length >= repeated);

        next.Messages.Of<RecordingCaptured>().Length.ShouldBe(repeated);
        next.Messages.Of<RecordingCaptured>().ShouldContain(captured => captured.CallId == manifests[1].CallId);

        Task AnnouncedAtAsync(RecordingManifest manifest, DateTimeOffset at) => File.WriteAllBytesAsync(
            Path.Combine(folder, manifest.CallId, manifest.Location.ManifestName),
            System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(manifest with { AnnouncedAt = at }, ManifestJsonContext.Default.RecordingManifest));
    }

    [Fact]
    public async Task Stream_WithoutAudio_IsAnnouncedAsFailed()
    {
        await using var host = await MediaHost.StartAsync();
        await using var driver = await StreamDriver.StartAsync(host);
        await driver.StopAsync();

        await host.AnnouncedAsync(driver.CallSid);

        host.Messages.Of<RecordingFailed>().Select(m => m.RecordingType).ShouldBe(AllTypes);
        host.Messages.Of<RecordingFailed>().ShouldAllBe(m => m.Status == RecordingStatuses.Failed && m.Reason == "The stream brought no audio.");
        host.Messages.Of<RecordingCaptured>().ShouldBeEmpty();
        Directory.GetFiles(Path.Combine(host.Folder, driver.CallSid), "*.wav*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Folder_ThatCannotBeMade_FailsTheRecordingAndLeavesTheStreamAlone()
    {
        await using var host = await MediaHost.StartAsync();
        var callSid = StreamDriver.NewSid("CA");

        // A file where the call's folder should be: nobody, not even root, can make a folder there.
        await File.WriteAllTextAsync(Path.Combine(host.Folder, callSid), "in the way");
        await using var driver = await StreamDriver.StartAsync(host, callSid);
        await Eventually.BecomesTrueAsync(() => host.Messages.Of<RecordingFailed>().Length == 3);

        await driver.SendAsync(TestAudio.Noise(1, 2000), TestAudio.Noise(2, 2000));
        driver.ClosedWith.ShouldBeNull();
        await driver.StopAsync();

        driver.ClosedWith.ShouldBe(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure);
        host.Messages.Of<RecordingFailed>().Select(m => m.RecordingType).Distinct().ShouldBe(AllTypes);
        host.Messages.Of<RecordingCaptured>().ShouldBeEmpty();
    }
}
