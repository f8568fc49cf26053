using System.Diagnostics;
using System.Net.WebSockets;
using Burqi.Contracts.Recordings;
using Burqi.Media.Spool;
using Burqi.Media.Streams;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Burqi.Media.Tests.Streams;

/// <summary>A connection that breaks in the middle of a call, and another one of the same call.</summary>
public sealed class ReconnectTests
{
    private static readonly (string, string) Patient = ("BURQI_MEDIA_RECONNECT_SECONDS", "30");

    [Fact]
    public async Task Call_OnANewStream_GoesOnWhereItIsByNow()
    {
        await using var host = await MediaHost.StartAsync(settings: Patient);
        var before = Audio(1, 200);
        var after = Audio(3, 200);
        var clock = Stopwatch.StartNew();
        await using var first = await StreamDriver.StartAsync(host);
        await Eventually.BecomesTrueAsync(() => host.Manifests(first.CallSid).Any());
        var firstStartedBy = clock.Elapsed;
        await first.SendAsync(before.User, before.Assistant);
        await first.CloseAsync();
        await Eventually.BecomesTrueAsync(() => clock.Elapsed > firstStartedBy + TimeSpan.FromMilliseconds(400));

        var secondOpenedAt = clock.Elapsed;
        await using var second = await StreamDriver.StartAsync(host, first.CallSid);
        await second.SendAsync(after.User, after.Assistant);
        await second.StopAsync();
        var secondStartedBy = clock.Elapsed;

        var manifest = await host.AnnouncedAsync(first.CallSid);
        host.Manifests(first.CallSid).Count().ShouldBe(1);
        manifest.StreamId.ShouldBe(first.StreamSid);
        manifest.StreamIds.ShouldBe([first.StreamSid, second.StreamSid]);
        manifest.Ending.ShouldBe("stop");
        manifest.MessagesLost.ShouldBe(0);
        var tracks = host.Tracks(manifest);
        var offset = tracks.User.Length - after.User.Length;
        (offset / 8000.0).ShouldBeInRange((secondOpenedAt - firstStartedBy).TotalSeconds, secondStartedBy.TotalSeconds);
        short[] gap = new short[offset - before.User.Length];
        tracks.User.ShouldSound([.. Vectors.Decode(before.User), .. gap, .. Vectors.Decode(after.User)]);
        tracks.Assistant.ShouldSound([.. Vectors.Decode(before.Assistant), .. gap, .. Vectors.Decode(after.Assistant)]);
        tracks.Mixed.ShouldSound(TestAudio.Mix(tracks.User, tracks.Assistant));
        manifest.Tracks.ShouldAllBe(t => t.Facts!.Gaps.Length == 1 && t.Facts.Gaps[0] == new GapFacts(200, gap.Length / 8.0));
        host.Messages.Of<RecordingCaptured>(m => m.CallId == first.CallSid).Length.ShouldBe(3);
    }

    [Fact]
    public async Task Connection_ThatBreaks_KeepsWhatCameAndGoesOn()
    {
        await using var host = await MediaHost.StartAsync(settings: Patient);
        var before = TestAudio.Noise(1, 20_000);
        var after = Audio(3, 1000);
        await using var first = await StreamDriver.StartAsync(host, tracks: ["inbound", "outbound"]);
        await first.SendAsync(before, []);

        // What is still in the sender's buffers when a connection breaks never arrives.
        await Eventually.BecomesTrueAsync(() => PartLength(host, first.CallSid) >= 44 + 19_800 * 16);
        first.Abort();
        await Eventually.BecomesTrueAsync(() => host.Services.GetRequiredService<LiveRecordings>().Waiting == 1);
        await using var second = await StreamDriver.StartAsync(host, first.CallSid);
        await second.SendAsync(after.User, after.Assistant);
        await second.StopAsync();

        var manifest = await host.AnnouncedAsync(first.CallSid);
        var tracks = host.Tracks(manifest);
        var kept = tracks.User.Length - 8000;
        kept.ShouldBeGreaterThanOrEqualTo(19_800 * 8);
        tracks.User.ShouldSound([.. Vectors.Decode(before)[..kept], .. Vectors.Decode(after.User)]);
        tracks.Assistant.ShouldSound([.. new short[kept], .. Vectors.Decode(after.Assistant)]);
        manifest.MessagesLost.ShouldBe(0);
    }

    [Fact]
    public async Task Connection_WhoseBreakIsToldLate_IsGoneOnWithAllTheSame()
    {
        await using var host = await MediaHost.StartAsync(settings: Patient);
        var before = TestAudio.Noise(1, 20_000);
        var after = TestAudio.Noise(2, 1000);
        await using var first = await StreamDriver.StartAsync(host);
        await first.SendAsync(before, []);
        await Eventually.BecomesTrueAsync(() => PartLength(host, first.CallSid) >= 44 + 19_800 * 16);

        // The new stream introduces itself while the old one still has its socket.
        await using var second = await StreamDriver.ConnectAsync(host, first.CallSid);
        await second.SendConnectedAsync();
        await second.SendStartAsync();
        first.Abort();
        await second.SendAsync(after, []);
        await second.StopAsync();

        var manifest = await host.AnnouncedAsync(first.CallSid);
        manifest.StreamIds.ShouldBe([first.StreamSid, second.StreamSid]);
        host.Tracks(manifest).User[^8000..].ShouldSound(Vectors.Decode(after));
    }

    [Fact]
    public async Task Call_SentFasterThanItWasSpoken_GoesOnAfterWhatIsThere()
    {
        await using var host = await MediaHost.StartAsync(settings: Patient);
        var before = Audio(1, 20_000);
        var after = Audio(3, 1000);
        await using var first = await StreamDriver.StartAsync(host);
        await first.SendAsync(before.User, before.Assistant);
        await first.CloseAsync();
        await using var second = await StreamDriver.StartAsync(host, first.CallSid);
        await second.SendAsync(after.User, after.Assistant, fromMs: 5);
        await second.StopAsync();

        // 5 ms into a stream is 5 ms after its beginning.
        var tracks = host.Tracks(await host.AnnouncedAsync(first.CallSid));
        tracks.User.ShouldSound([.. Vectors.Decode(before.User), .. new short[40], .. Vectors.Decode(after.User)]);
        tracks.Assistant.ShouldSound([.. Vectors.Decode(before.Assistant), .. new short[40], .. Vectors.Decode(after.Assistant)]);
    }

    [Fact]
    public async Task Stream_WhoseClockRunsOn_IsPlacedByIt()
    {
        await using var host = await MediaHost.StartAsync(settings: Patient);
        var before = Audio(1, 3000);
        var after = Audio(3, 1000);
        await using var first = await StreamDriver.StartAsync(host);
        await first.SendAsync(before.User, before.Assistant);
        await first.CloseAsync();

        // The last words come again, in messages with other numbers, then 5 s are missing.
        await using var second = await StreamDriver.StartAsync(host, first.CallSid, first.StreamSid);
        await second.SendAsync(before.User[^1600..], before.Assistant[^1600..], fromMs: 2800);
        await second.SendAsync(after.User, after.Assistant, fromMs: 8000);
        await second.StopAsync();

        var manifest = await host.AnnouncedAsync(first.CallSid);
        manifest.StreamIds.ShouldBe([first.StreamSid]);
        manifest.Tracks.ShouldAllBe(t => t.Facts!.FramesDuplicated == 10 && t.Facts.Gaps.SequenceEqual(new[] { new GapFacts(3000, 5000) }));
        var tracks = host.Tracks(manifest);
        tracks.User.ShouldSound([.. Vectors.Decode(before.User), .. new short[40_000], .. Vectors.Decode(after.User)]);
        tracks.Assistant.ShouldSound([.. Vectors.Decode(before.Assistant), .. new short[40_000], .. Vectors.Decode(after.Assistant)]);
    }

    [Fact]
    public async Task Stream_WhoseClockBeginsAnew_GoesOnAfterWhatIsThere()
    {
        await using var host = await MediaHost.StartAsync(settings: Patient);
        var before = Audio(1, 20_000);
        var after = Audio(3, 1000);
        await using var first = await StreamDriver.StartAsync(host);
        await first.SendAsync(before.User, before.Assistant);
        await first.CloseAsync();
        await using var second = await StreamDriver.StartAsync(host, first.CallSid, first.StreamSid);
        await second.SendAsync(after.User, after.Assistant);
        await second.StopAsync();

        var manifest = await host.AnnouncedAsync(first.CallSid);
        manifest.ClockJumps.ShouldBe(0);
        host.Tracks(manifest).User.ShouldSound([.. Vectors.Decode(before.User), .. Vectors.Decode(after.User)]);
    }

    [Fact]
    public async Task Call_ThatBreaksAgainAndAgain_IsOneRecording()
    {
        await using var host = await MediaHost.StartAsync(settings: Patient);
        var pieces = Enumerable.Range(0, 5).Select(i => Audio(i * 2, 4000)).ToArray();
        var callSid = StreamDriver.NewSid("CA");
        foreach (var (user, assistant) in pieces)
        {
            await using var driver = await StreamDriver.StartAsync(host, callSid);
            await driver.SendAsync(user, assistant);
            await (user == pieces[^1].User ? driver.StopAsync() : driver.CloseAsync());
        }

        var manifest = await host.AnnouncedAsync(callSid);
        manifest.StreamIds.Length.ShouldBe(5);
        manifest.MessagesLost.ShouldBe(0);
        host.Tracks(manifest).User.ShouldSound([.. pieces.SelectMany(piece => Vectors.Decode(piece.User))]);
        host.Tracks(manifest).Assistant.ShouldSound([.. pieces.SelectMany(piece => Vectors.Decode(piece.Assistant))]);
    }

    [Fact]
    public async Task Stream_BroughtTwiceAtOnce_IsRefusedTheSecondTime()
    {
        await using var host = await MediaHost.StartAsync(settings: Patient);
        var user = TestAudio.Noise(1, 1000);
        await using var first = await StreamDriver.StartAsync(host);
        await first.SendAsync(user[..4000], []);
        await Eventually.BecomesTrueAsync(() => host.Manifests(first.CallSid).Any());
        await using var second = await StreamDriver.StartAsync(host, first.CallSid, first.StreamSid);
        await second.WaitForCloseAsync();
        await first.SendAsync(user[4000..], [], fromMs: 500);
        await first.StopAsync();

        second.ClosedWith.ShouldBe(WebSocketCloseStatus.PolicyViolation);
        host.Tracks(await host.AnnouncedAsync(first.CallSid)).User.ShouldSound(Vectors.Decode(user));
    }

    [Fact]
    public async Task Call_ThatStopped_IsNotGoneOnWith()
    {
        await using var host = await MediaHost.StartAsync(settings: Patient);
        var callSid = StreamDriver.NewSid("CA");
        foreach (var seed in (int[])[1, 2])
        {
            await using var driver = await StreamDriver.StartAsync(host, callSid);
            await driver.SendAsync(TestAudio.Noise(seed, 500), []);
            await driver.StopAsync();
            host.Tracks(await host.AnnouncedAsync(callSid, driver.StreamSid)).User.ShouldSound(Vectors.Decode(TestAudio.Noise(seed, 500)));
        }

        host.Manifests(callSid).Count().ShouldBe(2);
    }

    [Fact]
    public async Task Call_OnAnotherCall_IsAnotherRecording()
    {
        await using var host = await MediaHost.StartAsync(settings: Patient);
        await using var first = await StreamDriver.StartAsync(host);
        await first.SendAsync(TestAudio.Noise(1, 500), []);
        await first.CloseAsync();
        await using var other = await StreamDriver.StartAsync(host);
        await other.SendAsync(TestAudio.Noise(2, 500), []);
        await other.StopAsync();

        host.Tracks(await host.AnnouncedAsync(other.CallSid)).User.ShouldSound(Vectors.Decode(TestAudio.Noise(2, 500)));
        host.Manifests(first.CallSid).Single().State.ShouldBe(ManifestStates.Recording);
    }

    [Fact]
    public async Task Stream_WithoutTheWait_IsFinalAtOnce()
    {
        await using var host = await MediaHost.StartAsync(settings: ("BURQI_MEDIA_RECONNECT_SECONDS", "0"));
        await using var driver = await StreamDriver.StartAsync(host);
        await driver.SendAsync(TestAudio.Noise(1, 500), []);
        await driver.CloseAsync();

        // The close is answered before the files are final, the connection ends after.
        (await host.AnnouncedAsync(driver.CallSid)).Ending.ShouldBe("closed");
    }

    [Fact]
    public async Task Stop_WithARecordingThatWaits_FinishesAndAnnouncesIt()
    {
        await using var host = await MediaHost.StartAsync(settings: Patient);
        var user = TestAudio.Noise(1, 1000);
        await using var driver = await StreamDriver.StartAsync(host);
        await driver.SendAsync(user, []);
        await driver.CloseAsync();

        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await host.DisposeAsync();

        var manifest = host.Manifests(driver.CallSid).Single();
        manifest.State.ShouldBe(ManifestStates.Announced);
        manifest.Ending.ShouldBe("closed");
        manifest.Recovered.ShouldBeFalse();
        host.Tracks(manifest).User.ShouldSound(Vectors.Decode(user));
        host.Messages.Of<RecordingCaptured>().Length.ShouldBe(3);
    }

    [Fact]
    public async Task AcsCall_OnItsSubscription_IsPlacedByTheTimeOfDay()
    {
        await using var issuer = await AcsIssuer.StartAsync();
        await using var host = await MediaHost.StartAsync(settings: [.. issuer.Settings, ("BURQI_MEDIA_RECONNECT_SECONDS", "2")]);
        var subscription = Guid.NewGuid().ToString();
        var pieces = Enumerable.Range(0, 3).Select(seed => TestAudio.Pcm(seed, 1000)).ToArray();
        var agent = TestAudio.Pcm(9, 1000);
        await using var first = await AcsDriver.StartAsync(host, issuer, subscriptionId: subscription);
        await first.SendAsync(pieces[0], participant: "4:+14255550123");
        await first.SendAsync(agent, participant: "8:acs:agent");
        await first.CloseAsync();

        // The participants are known again, in whatever order they speak.
        await using var second = await AcsDriver.StartAsync(host, issuer, first.CallId, subscriptionId: subscription);
        await second.SendAsync(agent, fromMs: 4000, participant: "8:acs:agent");
        await second.SendAsync(pieces[1], fromMs: 4000, participant: "4:+14255550123");
        await second.CloseAsync();
        await host.AnnouncedAsync(first.CallId, subscription);
        await using var late = await AcsDriver.StartAsync(host, issuer, first.CallId, subscriptionId: subscription);
        await late.SendAsync(pieces[2], fromMs: 60_000, participant: "4:+14255550123");
        await late.CloseAsync();

        var manifest = await host.AnnouncedAsync(first.CallId, subscription);
        manifest.Tracks.Select(t => t.Name).ShouldBe(["user", "assistant"]);
        host.Tracks(manifest).User.ShouldSound([.. pieces[0], .. new short[3 * 16_000], .. pieces[1]]);
        host.Tracks(manifest).Assistant.ShouldSound([.. agent, .. new short[3 * 16_000], .. agent]);

        // What comes after the recording is final is recorded all the same.
        var anew = await host.AnnouncedAsync(first.CallId, subscription + "-2");
        host.Read(anew, RecordingTypes.User).Samples.ShouldSound(pieces[2]);
        anew.Recordings.Select(r => r.RecordingId).ShouldBeSubsetOf(host.Messages.Of<RecordingCaptured>().Select(m => m.RecordingId));
    }

    [Fact]
    public async Task AcsCall_WhoseOldConnectionHangs_IsTakenOver()
    {
        await using var issuer = await AcsIssuer.StartAsync();
        await using var host = await MediaHost.StartAsync(settings: [.. issuer.Settings, Patient]);
        var subscription = Guid.NewGuid().ToString();
        var audio = TestAudio.Pcm(1, 2000);
        await using var hanging = await AcsDriver.StartAsync(host, issuer, subscriptionId: subscription);
        await hanging.SendAsync(audio[..16_000], participant: "4:+14255550123");
        await Eventually.BecomesTrueAsync(() => host.Manifests(hanging.CallId).Any(m => m.Tracks.Length > 0));
        await Eventually.BecomesTrueAsync(() => PartLength(host, hanging.CallId) >= 44 + 15_000 * 2);

        await using var next = await AcsDriver.StartAsync(host, issuer, hanging.CallId, subscriptionId: subscription);
        await next.SendAsync(audio[16_000..], fromMs: 1000, participant: "4:+14255550123");
        await hanging.WaitForCloseAsync();
        await next.CloseAsync();
        await host.DisposeAsync();

        var manifest = host.Manifests(next.CallId).Single();
        var kept = host.Read(manifest, RecordingTypes.User).Samples;
        kept[16_000..].ShouldSound(audio[16_000..]);
        kept[..15_000].ShouldSound(audio[..15_000]);
    }

    private static (byte[] User, byte[] Assistant) Audio(int seed, int milliseconds) =>
        (TestAudio.Noise(seed, milliseconds), TestAudio.Noise(seed + 1, milliseconds));

    private static long PartLength(MediaHost host, string callId) =>
        new DirectoryInfo(Path.Combine(host.Folder, callId)).GetFiles("user_*.part").Select(file => file.Length).FirstOrDefault();
}
