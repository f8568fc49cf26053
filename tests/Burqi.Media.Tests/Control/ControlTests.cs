using Burqi.Contracts;
using Burqi.Contracts.Recordings;
using Burqi.Media.Spool;
using Burqi.Media.Streams;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Media.Tests.Control;

/// <summary>Requests over the bus, to calls on real sockets.</summary>
public sealed class ControlTests
{
    private static readonly (string, string) Patient = ("BURQI_MEDIA_RECONNECT_SECONDS", "30");
    private static readonly byte[] Card = TestAudio.Noise(4, 1000);

    private static DateTimeOffset _asked = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    [Fact]
    public async Task Pause_WithAReconnectInIt_LeavesNothingOfWhatWasSaid()
    {
        await using var host = await MediaHost.StartAsync(new ManualTime(), settings: [Patient, ("BURQI_MEDIA_NODE", "media-7")]);
        var (before, after) = (TestAudio.Noise(1, 1000), TestAudio.Noise(2, 1000));
        await using var first = await StreamDriver.StartAsync(host);
        await SendAsync(host, first, before, seconds: 1);
        var pause = Request(first.CallSid, RecordingControls.Pause);
        (await AskAsync(host, pause)).ShouldBe(new RecordingControlAnswered
        {
            ControlId = pause.ControlId,
            Provider = Providers.Twilio,
            CallId = first.CallSid,
            Action = "pause",
            Scope = "local",
            Answerer = "media-7",
            Applied = true,
            AnsweredAt = host.Messages.Of<RecordingControlAnswered>().Single().AnsweredAt,
        });
        await SendAsync(host, first, Card, seconds: 2, fromMs: 1000);
        host.Manifests(first.CallSid).Single().Pauses.ShouldNotBeNull().ShouldBe([new PauseFacts(1000, null)]);
        await first.CloseAsync();

        await using var second = await StreamDriver.StartAsync(host, first.CallSid);
        await SendAsync(host, second, Card, seconds: 3);
        await AskAsync(host, Request(first.CallSid, RecordingControls.Resume));
        await second.SendAsync(after, after, fromMs: 1000);
        await second.StopAsync();

        var manifest = await host.AnnouncedAsync(first.CallSid);
        var tracks = host.Tracks(manifest);
        short[] expected = [.. Vectors.Decode(before), .. new short[16_000], .. Vectors.Decode(after)];
        tracks.User.ShouldSound(expected);
        tracks.Assistant.ShouldSound(expected);
        tracks.Mixed.ShouldSound(TestAudio.Mix(expected, expected));
        manifest.Pauses.ShouldNotBeNull().ShouldBe([new PauseFacts(1000, 2000)]);
        host.Messages.Of<RecordingCaptured>().Select(m => m.PausedMs).ShouldBe([2000, 2000, 2000]);
    }

    [Fact]
    public async Task Call_ThatComesToAnotherNode_IsPausedThereFromTheBeginning()
    {
        await using var host = await MediaHost.StartAsync(new ManualTime());
        var callSid = StreamDriver.NewSid("CA");
        var after = TestAudio.Noise(2, 1000);
        await TellAsync(host, Request(callSid, RecordingControls.Pause));
        await using var driver = await StreamDriver.StartAsync(host, callSid);
        await SendAsync(host, driver, Card, seconds: 1);
        host.Messages.Of<RecordingControlAnswered>().ShouldBeEmpty("Whoever has no recording of a call has nothing to say.");
        await AskAsync(host, Request(callSid, RecordingControls.Resume));
        await driver.SendAsync(after, after, fromMs: 1000);
        await driver.StopAsync();

        host.Tracks(await host.AnnouncedAsync(callSid)).User.ShouldSound([.. new short[8000], .. Vectors.Decode(after)]);
    }

    /// <summary>The folders as a process that was killed in the pause left them.</summary>
    [Fact]
    public async Task Process_KilledInThePause_IsRecoveredSilentAndComesBackSilent()
    {
        var data = TestFolder.Create("data");
        await using var host = await MediaHost.StartAsync(new ManualTime(), settings: [Patient, ("BURQI_DATA_DIR", data)]);
        var before = TestAudio.Noise(1, 1000);
        await using var driver = await StreamDriver.StartAsync(host);
        await SendAsync(host, driver, before, seconds: 1);
        await AskAsync(host, Request(driver.CallSid, RecordingControls.Pause));
        await SendAsync(host, driver, Card, seconds: 2, fromMs: 1000);
        foreach (var file in PartFiles(host, driver.CallSid))
        {
            Wav.Read(file.FullName).Samples[8000..].ShouldAllBe(sample => sample == 0);
        }

        var (folder, copiedData) = (Copy(host.Folder), Copy(data));
        await using var next = await MediaHost.StartAsync(new ManualTime(), folder, ("BURQI_DATA_DIR", copiedData));
        var recovered = await next.AnnouncedAsync(driver.CallSid);
        recovered.Recovered.ShouldBeTrue();
        next.Tracks(recovered).User.ShouldSound([.. Vectors.Decode(before), .. new short[8000]]);
        next.Messages.Of<RecordingCaptured>().Select(m => (m.DurationMs, m.PausedMs)).ShouldBe([(2000L, 1000L), (2000L, 1000L), (2000L, 1000L)]);
        next.Messages.Of<RecordingControlAnswered>().ShouldHaveSingleItem("A bus in memory may have lost the answer with the process.").Applied.ShouldBeTrue();

        await using var again = await StreamDriver.StartAsync(next, driver.CallSid);
        await SendAsync(next, again, Card, seconds: 1);
        await again.StopAsync();
        var silent = next.Tracks(await next.AnnouncedAsync(driver.CallSid, again.StreamSid));
        silent.User.ShouldSound(new short[8000]);
        silent.Mixed.ShouldSound(new short[8000]);
    }

    [Fact]
    public async Task Stop_EndsTheRecordingAndNotTheStream()
    {
        await using var agent = await VoiceAgent.StartAsync();
        await using var host = await MediaHost.StartAsync(new ManualTime());
        host.Know("front-desk", agent.Url);
        var before = TestAudio.Noise(1, 1000);
        await using var driver = await StreamDriver.StartTwoWayAsync(host, "front-desk");
        var call = await agent.NextCallAsync();
        await SendAsync(host, driver, before, seconds: 1, tracks: 1);
        (await AskAsync(host, Request(driver.CallSid, RecordingControls.Stop))).Applied.ShouldBeTrue();
        var manifest = await host.AnnouncedAsync(driver.CallSid);
        manifest.Ending.ShouldBe("stop");
        host.Tracks(manifest).User.ShouldSound(Vectors.Decode(before));
        host.Messages.Of<RecordingCaptured>().Length.ShouldBe(3);

        // The two go on talking, also over another connection, and nothing of it is recorded.
        await driver.SendAsync(Card, [], fromMs: 1000);
        await call.SendMediaAsync(driver.StreamSid, Card);
        (await driver.Received.ReadAsync()).Text.ShouldContain("\"media\"");
        await driver.StopAsync();
        (await call.ReceiveAllAsync()).Count(message => message.Text.Contains("\"media\"", StringComparison.Ordinal)).ShouldBe(55);
        await using var second = await StreamDriver.StartAsync(host, driver.CallSid);
        await second.SendAsync(Card, Card);
        await second.StopAsync();
        host.Manifests(driver.CallSid).Count().ShouldBe(1);
        host.Messages.Of<RecordingStarted>().Length.ShouldBe(3);
        host.Tracks(host.Manifests(driver.CallSid).Single()).User.Length.ShouldBe(8000);
    }

    [Fact]
    public async Task Stop_OfARecordingWithoutASocket_EndsItAtOnce()
    {
        await using var host = await MediaHost.StartAsync(settings: Patient);
        await using var driver = await StreamDriver.StartAsync(host);
        await driver.SendAsync(Card, Card);
        await driver.CloseAsync();
        await AskAsync(host, Request(driver.CallSid, RecordingControls.Stop));

        (await host.AnnouncedAsync(driver.CallSid)).DurationMs.ShouldBe(1000);
        host.Services.GetRequiredService<LiveRecordings>().Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task Requests_ComingTwiceAndInAnyOrder_DoWhatWasAskedLast()
    {
        await using var host = await MediaHost.StartAsync(new ManualTime());
        await using var driver = await StreamDriver.StartAsync(host);
        await SendAsync(host, driver, Card, seconds: 1);
        var (pause, resume) = (Request(driver.CallSid, RecordingControls.Pause), Request(driver.CallSid, RecordingControls.Resume));
        (await AskAsync(host, resume)).Applied.ShouldBeTrue();
        var late = await AskAsync(host, pause);
        await TellAsync(host, pause);
        await TellAsync(host, resume);
        await driver.SendAsync(Card, Card, fromMs: 1000);
        await driver.StopAsync();

        late.Applied.ShouldBeFalse();
        late.Reason.ShouldBe("What was asked after it has been done already.");
        host.Tracks(await host.AnnouncedAsync(driver.CallSid)).User.ShouldSound([.. Vectors.Decode(Card), .. Vectors.Decode(Card)]);
        host.Messages.Of<RecordingControlAnswered>().Length.ShouldBe(2);
    }

    [Fact]
    public async Task Answer_ThatTheBusDoesNotTake_IsToldLater()
    {
        await using var host = await MediaHost.StartAsync();
        await using var driver = await StreamDriver.StartAsync(host);
        await Eventually.BecomesTrueAsync(() => host.Messages.Of<RecordingStarted>().Length == 3);
        host.Messages.Fails = true;
        var pause = Request(driver.CallSid, RecordingControls.Pause);
        await host.Services.GetRequiredService<IBus>().Publish(pause);
        await Eventually.BecomesTrueAsync(() => host.Messages.Attempts > 4);
        host.Messages.Fails = false;

        await Eventually.BecomesTrueAsync(() => host.Messages.Of<RecordingControlAnswered>().Any(answer => answer.ControlId == pause.ControlId));
    }

    /// <summary>
    /// Sends a stretch of the tracks in frames so long that each goes to its file at once, and waits until the files are so long: nothing is
    /// under way any more then.
    /// </summary>
    private static async Task SendAsync(MediaHost host, StreamDriver driver, byte[] audio, int seconds, int fromMs = 0, int tracks = 2)
    {
        for (var offset = 0; offset < audio.Length; offset += 1600)
        {
            foreach (var track in ((string[])["inbound", "outbound"])[..tracks])
            {
                await driver.SendFrameAsync(track, fromMs + (offset / 8), audio[offset..(offset + 1600)]);
            }
        }

        await Eventually.BecomesTrueAsync(() => PartFiles(host, driver.CallSid).Count(file => file.Length == 44 + (seconds * 16_000)) == tracks);
    }

    private static RecordingControlRequested Request(string callSid, string action) => new()
    {
        ControlId = Guid.CreateVersion7(),
        Provider = Providers.Twilio,
        CallId = callSid,
        Action = action,
        RequestedAt = _asked = _asked.AddSeconds(1),
    };

    private static async Task<RecordingControlAnswered> AskAsync(MediaHost host, RecordingControlRequested request)
    {
        await host.Services.GetRequiredService<IBus>().Publish(request);
        return await Eventually.ReturnsAsync(() => Task.FromResult(
            host.Messages.Of<RecordingControlAnswered>().FirstOrDefault(answer => answer.ControlId == request.ControlId)));
    }

    /// <summary>Tells what nobody answers, and waits until it has been taken: one request is taken after the other.</summary>
    private static async Task TellAsync(MediaHost host, RecordingControlRequested request)
    {
        await host.Services.GetRequiredService<IBus>().Publish(request);
        var folder = Path.Combine(host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<MediaOptions>>().Value.DataDirectory, "media-controls");
        var mark = Request("mark" + request.ControlId.ToString("N"), RecordingControls.Resume);
        await host.Services.GetRequiredService<IBus>().Publish(mark);
        await Eventually.BecomesTrueAsync(() => Directory.EnumerateFiles(folder).Any(file => File.ReadAllText(file).Contains(mark.CallId, StringComparison.Ordinal)));
    }

    private static FileInfo[] PartFiles(MediaHost host, string callSid) =>
        [.. new DirectoryInfo(Path.Combine(host.Folder, callSid)).EnumerateFiles("*.wav.part")];

    private static string Copy(string folder)
    {
        var copy = TestFolder.Create("copy");
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }
}
