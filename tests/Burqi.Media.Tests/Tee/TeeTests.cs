using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Burqi.Contracts.Recordings;
using Burqi.Hosting.Processes;
using Burqi.Media.Audio;
using Burqi.Media.Spool;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Media.Tests.Tee;

public sealed class TeeTests : IAsyncLifetime
{
    private const string Assistant = "front-desk";

    private MediaHost _host = null!;
    private VoiceAgent _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _agent = await VoiceAgent.StartAsync();
        _host = await StartHostAsync();
        _host.Know(Assistant, _agent.Url);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _agent.DisposeAsync();
    }

    [Fact]
    public async Task Messages_OfBothSides_ArriveByteForByteAndInOrder()
    {
        await using var driver = await StreamDriver.ConnectAsync(_host, path: "/streams");
        string[] odd =
        [
            """{ "event" : "media", "sequenceNumber":"3","streamSid":"x" , "media":{"track":"inbound","chunk":"1","timestamp":"0","payload":"\/\/8="} }""",
            """{"event":"dtmf","sequenceNumber":"4","dtmf":{"track":"inbound_track","digit":"1"}}""",
            """{"event":"mark","mark":{"name":"nobody's \u00e4"}}""",
            "not json at all",
            "",
            """{"event":"later","nested":[1,{"a":null}]}""",
        ];
        await driver.SendConnectedAsync();
        await driver.SendStartAsync(tracks: ["inbound"], parameters: new(StringComparer.Ordinal) { ["assistant_id"] = Assistant });
        foreach (var message in odd)
        {
            await driver.SendAsync(message);
        }

        var binary = new byte[70_000];
        new Random(1).NextBytes(binary);
        await driver.SendAsync(binary, WebSocketMessageType.Binary);
        var large = Encoding.UTF8.GetBytes(new string('ä', 500_000));
        await driver.SendAsync(large, WebSocketMessageType.Text);

        var call = await _agent.NextCallAsync();
        call.Headers["X-Burqi-Call-Id"].ShouldBe(driver.CallSid);
        call.Headers["traceparent"].ShouldStartWith("00-");
        (await call.ReceiveAsync())!.Text.ShouldBe("""{"event":"connected","protocol":"Call","version":"1.0.0"}""");
        (await call.ReceiveAsync())!.Text.ShouldContain("\"event\":\"start\"");
        foreach (var message in odd)
        {
            (await call.ReceiveAsync())!.ShouldSatisfyAllConditions(
                received => received.Text.ShouldBe(message),
                received => received.Type.ShouldBe(WebSocketMessageType.Text));
        }

        (await call.ReceiveAsync())!.ShouldSatisfyAllConditions(
            received => received.Bytes.ShouldBe(binary),
            received => received.Type.ShouldBe(WebSocketMessageType.Binary));
        (await call.ReceiveAsync())!.Bytes.ShouldBe(large);

        foreach (var message in odd)
        {
            await call.SendAsync(message);
        }

        await call.SendAsync(binary, WebSocketMessageType.Binary);
        await call.SendAsync(large, WebSocketMessageType.Text);
        foreach (var message in odd)
        {
            (await NextAsync(driver)).Text.ShouldBe(message);
        }

        (await NextAsync(driver)).Bytes.ShouldBe(binary);
        (await NextAsync(driver)).Bytes.ShouldBe(large);
        await Task.WhenAll(driver.StopAsync(), call.ReceiveAllAsync());
    }

    [Fact]
    public async Task Stop_OfTheProvider_ReachesTheAgentBeforeTheClose()
    {
        await using var driver = await StreamDriver.StartTwoWayAsync(_host, Assistant);
        var call = await _agent.NextCallAsync();
        var reading = call.ReceiveAllAsync();
        await driver.StopAsync();

        (await reading)[^1].Text.ShouldContain("\"event\":\"stop\"");
        call.ClosedWith.ShouldBe(WebSocketCloseStatus.NormalClosure);
        (await _host.AnnouncedAsync(driver.CallSid)).Ending.ShouldBe("stop");
    }

    [Fact]
    public async Task Close_OfTheProvider_ReachesTheAgentWithItsCode()
    {
        await using var driver = await StreamDriver.StartTwoWayAsync(_host, Assistant);
        var call = await _agent.NextCallAsync();
        var reading = call.ReceiveAllAsync();

        await driver.CloseAsync((WebSocketCloseStatus)4321, "that is all");
        await reading;

        call.ClosedWith.ShouldBe((WebSocketCloseStatus)4321);
        call.ClosedBecause.ShouldBe("that is all");
    }

    [Fact]
    public async Task Abort_OfTheProvider_ClosesTheAgent()
    {
        await using var driver = await StreamDriver.StartTwoWayAsync(_host, Assistant);
        var call = await _agent.NextCallAsync();
        var reading = call.ReceiveAllAsync();

        driver.Abort();
        await reading;

        call.ClosedWith.ShouldBe(WebSocketCloseStatus.InternalServerError);
    }

    [Theory]
    [InlineData(1000, "bye", 1000, "bye")]
    [InlineData(1001, null, 1001, "")]
    [InlineData(4000, "wörn out", 4000, "wörn out")]
    public async Task Close_OfTheAgent_ReachesTheProviderWithItsCode(int status, string? reason, int expected, string? expectedReason)
    {
        await using var driver = await StreamDriver.StartTwoWayAsync(_host, Assistant);
        await driver.SendAsync(TestAudio.Noise(1, 100), []);
        var call = await _agent.NextCallAsync();
        await call.ReceiveAsync();

        await call.CloseAsync((WebSocketCloseStatus)status, reason);
        await driver.WaitForCloseAsync();

        driver.ClosedWith.ShouldBe((WebSocketCloseStatus)expected);
        driver.ClosedBecause.ShouldBe(expectedReason);
        var manifest = await _host.AnnouncedAsync(driver.CallSid);
        manifest.Ending.ShouldBe("agentclosed");
        await call.ReceiveAllAsync();
    }

    [Fact]
    public async Task Agent_ThatBreaksOff_LetsTheCallGoOn()
    {
        await using var driver = await StreamDriver.StartTwoWayAsync(_host, Assistant);
        await driver.SendAsync(TestAudio.Noise(1, 100), []);
        var call = await _agent.NextCallAsync();
        await call.ReceiveAsync();

        call.Abort();
        await driver.WaitForCloseAsync();

        driver.ClosedWith.ShouldBe(WebSocketCloseStatus.InternalServerError);
        var manifest = await _host.AnnouncedAsync(driver.CallSid);
        manifest.Ending.ShouldBe("agentfailed");
        manifest.DurationMs.ShouldBe(100);
    }

    [Fact]
    public async Task Agent_ThatIsNotThere_LetsTheCallGoOn()
    {
        _host.Know("nobody", new Uri($"ws://127.0.0.1:{FreePort.Next()}/"));
        await using var driver = await StreamDriver.StartTwoWayAsync(_host, "nobody");
        await driver.WaitForCloseAsync();

        driver.ClosedWith.ShouldBe(WebSocketCloseStatus.InternalServerError);
        (await _host.AnnouncedAsync(driver.CallSid)).Ending.ShouldBe("agentfailed");
    }

    [Fact]
    public async Task Agent_ThatRefuses_LetsTheCallGoOn()
    {
        await using var agent = await VoiceAgent.StartAsync(() => throw new InvalidOperationException("It refuses."));
        _host.Know("grumpy", agent.Url);
        await using var driver = await StreamDriver.StartTwoWayAsync(_host, "grumpy");
        await driver.WaitForCloseAsync();

        driver.ClosedWith.ShouldBe(WebSocketCloseStatus.InternalServerError);
    }

    [Fact]
    public async Task Agent_ThatNeverAnswers_IsGivenUpInTime()
    {
        await using var host = await StartHostAsync(("BURQI_MEDIA_AGENT_CONNECT_SECONDS", "0.3"));
        await using var agent = await VoiceAgent.StartAsync(() => false);
        host.Know("sleepy", agent.Url);
        await using var driver = await StreamDriver.StartTwoWayAsync(host, "sleepy");
        await driver.SendAsync(TestAudio.Noise(1, 100), []);
        await driver.WaitForCloseAsync();

        driver.ClosedWith.ShouldBe(WebSocketCloseStatus.InternalServerError);
        (await host.AnnouncedAsync(driver.CallSid)).DurationMs.ShouldBe(100, "What the caller said meanwhile is not lost.");
    }

    [Fact]
    public async Task Agent_ThatAcceptsAConnectionAndSaysNothing_IsGivenUpInTime()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var host = await StartHostAsync(("BURQI_MEDIA_AGENT_CONNECT_SECONDS", "0.3"));
        host.Know("mute", new Uri($"ws://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"));
        await using var driver = await StreamDriver.StartTwoWayAsync(host, "mute");
        await driver.WaitForCloseAsync();

        driver.ClosedWith.ShouldBe(WebSocketCloseStatus.InternalServerError);
    }

    [Fact]
    public async Task Agent_ThatTakesNothing_IsGivenUpInTime()
    {
        await using var host = await StartHostAsync(("BURQI_MEDIA_AGENT_SEND_SECONDS", "0.3"));
        host.Know(Assistant, _agent.Url);
        await using var driver = await StreamDriver.StartTwoWayAsync(host, Assistant);
        await _agent.NextCallAsync(); // and nothing is ever read

        await Eventually.BecomesTrueAsync(async () =>
        {
            await driver.SendAsync(new byte[500_000], WebSocketMessageType.Binary).WaitAsync(TimeSpan.FromSeconds(1)).ContinueWith(_ => { }, TaskScheduler.Default);
            return driver.ClosedWith is not null;
        });

        driver.ClosedWith.ShouldBe(WebSocketCloseStatus.InternalServerError);
    }

    [Fact]
    public async Task Agent_ThatIsSlow_GetsEverythingAndStopsTheProviderMeanwhile()
    {
        await using var driver = await StreamDriver.StartTwoWayAsync(_host, Assistant);
        var call = await _agent.NextCallAsync();
        var message = new byte[500_000];
        var sent = 0;
        var sending = Task.Run(async () =>
        {
            for (; sent < 100; Interlocked.Increment(ref sent))
            {
                await driver.SendAsync(message, WebSocketMessageType.Binary);
            }
        });

        // Far more than all buffers hold: the provider comes to a halt, and goes on as the agent does.
        await Eventually.BecomesTrueAsync(() => Stands(() => Volatile.Read(ref sent)));
        Volatile.Read(ref sent).ShouldBeLessThan(100);
        (await call.ReceiveAsync())!.Text.ShouldContain("connected");
        (await call.ReceiveAsync())!.Text.ShouldContain("start");
        for (var i = 0; i < 100; i++)
        {
            (await call.ReceiveAsync())!.Bytes.Length.ShouldBe(500_000);
        }

        await sending;
        await Task.WhenAll(driver.StopAsync(), call.ReceiveAllAsync());
    }

    [Fact]
    public async Task Message_LongerThanAllowed_EndsBothSides()
    {
        await using var driver = await StreamDriver.StartTwoWayAsync(_host, Assistant);
        var call = await _agent.NextCallAsync();
        await call.ReceiveAsync();
        await call.SendAsync(new byte[1024 * 1024 + 1], WebSocketMessageType.Text).ContinueWith(_ => { }, TaskScheduler.Default);
        await driver.WaitForCloseAsync();
        await call.ReceiveAllAsync();

        driver.ClosedWith.ShouldBe(WebSocketCloseStatus.InternalServerError);
        call.ClosedWith.ShouldBe(WebSocketCloseStatus.MessageTooBig);
    }

    [Fact]
    public async Task Stream_WithoutAnAgent_RecordsTheCaller()
    {
        _host.Know("quiet", mediaUrl: null);
        await using var driver = await StreamDriver.StartTwoWayAsync(_host, "quiet");
        var audio = TestAudio.Noise(1, 500);
        await driver.SendAsync(audio, []);
        await driver.StopAsync();

        var manifest = await _host.AnnouncedAsync(driver.CallSid);
        manifest.TwoWay.ShouldBeTrue();
        manifest.AssistantId.ShouldBe("quiet");
        manifest.Tracks.Select(track => track.Name).ShouldBe([RecordingTypes.User]);
        _host.Read(manifest, RecordingTypes.User).Samples.ShouldSound(Linear(audio));
    }

    [Fact]
    public async Task Stream_OfACopy_IsNotAnswered()
    {
        await using var driver = await StreamDriver.StartAsync(
            _host, parameters: new(StringComparer.Ordinal) { ["assistant_id"] = Assistant });
        await driver.SendAsync(TestAudio.Noise(1, 100), TestAudio.Noise(2, 100));
        await driver.StopAsync();

        var manifest = await _host.AnnouncedAsync(driver.CallSid);
        manifest.TwoWay.ShouldBeFalse();
        _host.Read(manifest, RecordingTypes.Assistant).Samples.ShouldSound(Linear(TestAudio.Noise(2, 100)));
    }

    [Fact]
    public async Task Recording_WhoseDiskFails_LetsTheTwoGoOnTalking()
    {
        var folder = TestFolder.Create("media");
        await using var host = await StartHostAsync(folder);
        host.Know(Assistant, _agent.Url);
        await using var driver = await StreamDriver.ConnectAsync(host, path: "/streams");

        // Where the call's folder would be there is a file.
        await File.WriteAllTextAsync(Path.Combine(folder, driver.CallSid), "in the way");
        await driver.SendConnectedAsync();
        await driver.SendStartAsync(tracks: ["inbound"], parameters: new(StringComparer.Ordinal) { ["assistant_id"] = Assistant });
        var call = await _agent.NextCallAsync();
        await Eventually.BecomesTrueAsync(() => host.Messages.Of<RecordingFailed>().Length > 0);

        var frame = driver.Frame("inbound", 0, TestAudio.Noise(1, 20));
        await driver.SendAsync(frame);
        await call.ReceiveAsync();
        await call.ReceiveAsync();
        (await call.ReceiveAsync())!.Text.ShouldBe(frame);
        await call.SendMediaAsync(driver.StreamSid, TestAudio.Noise(2, 200));
        (await NextAsync(driver)).Text.ShouldContain("\"event\":\"media\"");
        await Task.WhenAll(driver.StopAsync(), call.ReceiveAllAsync());
        driver.ClosedWith.ShouldBe(WebSocketCloseStatus.NormalClosure);
    }

    [Fact]
    public async Task Recording_WhoseDiskHangs_LetsTheTwoGoOnTalking()
    {
        using var disk = new ManualResetEventSlim();
        var lanes = _host.Services.GetRequiredService<DiskLanes>();
        for (var i = 0; i < 64; i++)
        {
            lanes.Flushing.Schedule(new HangingWork(disk));
        }

        await using var driver = await StreamDriver.StartTwoWayAsync(_host, Assistant);
        var call = await _agent.NextCallAsync();
        await call.ReceiveAsync();
        await call.ReceiveAsync();
        for (var i = 0; i < 500; i++)
        {
            var frame = driver.Frame("inbound", i * 20, TestAudio.Noise(i, 20));
            await driver.SendAsync(frame);
            (await call.ReceiveAsync())!.Text.ShouldBe(frame);
            await call.SendMediaAsync(driver.StreamSid, TestAudio.Noise(i, 20));
            (await NextAsync(driver)).Text.ShouldContain("media");
        }

        disk.Set();
        await Task.WhenAll(driver.StopAsync(), call.ReceiveAllAsync());
        (await _host.AnnouncedAsync(driver.CallSid)).DurationMs.ShouldBe(10_000);
    }

    [Fact]
    public async Task Assistant_ThatIsNotRecorded_IsRelayedAllTheSame()
    {
        _host.Know("private", _agent.Url, assistant => assistant with { Enabled = false });
        await using var driver = await StreamDriver.StartTwoWayAsync(_host, "private");
        var call = await _agent.NextCallAsync();
        await call.SendMediaAsync(driver.StreamSid, TestAudio.Noise(1, 20));
        (await NextAsync(driver)).Text.ShouldContain("media");
        await Task.WhenAll(driver.StopAsync(), call.ReceiveAllAsync());

        _host.Manifests(driver.CallSid).ShouldBeEmpty();
    }

    private static async Task<ReceivedMessage> NextAsync(StreamDriver driver) =>
        await driver.Received.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    private static short[] Linear(byte[] encoded)
    {
        var linear = new short[encoded.Length];
        MuLaw.Decode(encoded, linear);
        return linear;
    }

    private static Task<MediaHost> StartHostAsync(params (string Name, string Value)[] settings) => MediaHost.StartAsync(null, settings);

    private static Task<MediaHost> StartHostAsync(string folder) => MediaHost.StartAsync(folder);

    /// <summary>Whether a count that was going up no longer does.</summary>
    private static async Task<bool> Stands(Func<int> count)
    {
        var before = count();
        var clock = Stopwatch.StartNew();
        while (clock.ElapsedMilliseconds < 300)
        {
            await Task.Yield();
        }

        return before > 0 && count() == before;
    }

    private sealed class HangingWork(ManualResetEventSlim disk) : IDiskWork
    {
        public void Run() => disk.Wait();
    }
}
