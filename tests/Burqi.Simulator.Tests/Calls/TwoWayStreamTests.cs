using System.Net.WebSockets;
using System.Text.Json;
using Burqi.Simulator.Audio;
using Burqi.Simulator.Calls;
using Burqi.Simulator.Media;
using Burqi.Simulator.Webhooks;

namespace Burqi.Simulator.Tests.Calls;

/// <summary>A voice agent on the other end of <c>&lt;Connect&gt;&lt;Stream&gt;</c>.</summary>
public sealed class TwoWayStreamTests : SimulatorTest
{
    private static readonly CallScript Script = new() { Caller = AudioSource.Pattern(1, TimeSpan.FromSeconds(1)) };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Customer.Twiml = """
            <Response>
              <Start><Recording trim="do-not-trim"/></Start>
              <Connect action="/next"><Stream url="{stream}" statusCallback="{base}/stream-status"><Parameter name="p" value="v"/></Stream></Connect>
            </Response>
            """;
    }

    [Fact]
    public async Task Agent_GetsTheCallerAlone()
    {
        var call = await Twilio.PlaceCallAsync(Script);

        var stream = call.Streams.ShouldHaveSingleItem();
        stream.TwoWay.ShouldBeTrue();
        stream.Tracks.ShouldBe(["inbound"]);
        stream.Timeline("inbound")[..8000].ShouldBe(Script.Caller.Samples.ToArray());
        call.Duration.ShouldBe(Script.Caller.Length + Script.ListenFor);
        Customer.Streams[0].Messages[1].GetProperty("start").GetProperty("customParameters").GetProperty("p").GetString().ShouldBe("v");
    }

    [Fact]
    public async Task AgentsAudio_IsPlayedAtTheCallsPaceHeardAndRecorded()
    {
        var speech = AudioSource.Pattern(2, TimeSpan.FromSeconds(3)).Samples.ToArray();
        OnStart(
            async (socket, sid) =>
            {
                await Customer.SendAsync(socket, Media(sid, speech[..5000]));
                await Customer.SendAsync(socket, Media(sid, speech[5000..]));
                await Customer.SendAsync(socket, Mark(sid, "said"));
            },
            closeOnMark: true);
        var twilio = await StartTwilioAsync(o => o with { Speed = 20 });

        var call = await twilio.PlaceCallAsync(Script with { TalkFor = TimeSpan.FromHours(1) });

        var heard = call.HeardByCaller;
        heard.AsSpan().IndexOf(speech).ShouldBeGreaterThanOrEqualTo(0);
        call.Recordings[0].Channel(2).ShouldBe(heard);
        call.Streams[0].MarksReturned.ShouldBe(["said"]);
        var returned = Customer.Streams[0].Messages.Single(m => m.GetProperty("event").GetString() == "mark");
        var before = Customer.Streams[0].Messages.TakeWhile(m => m.GetProperty("event").GetString() != "mark").Count(m => m.GetProperty("event").GetString() == "media");
        before.ShouldBeGreaterThanOrEqualTo(150);
        returned.GetProperty("mark").GetProperty("name").GetString().ShouldBe("said");
    }

    [Fact]
    public async Task Clear_CutsWhatWasNotYetPlayed()
    {
        OnStart(
            async (socket, sid) =>
            {
                await Customer.SendAsync(socket, Media(sid, AudioSource.Pattern(2, TimeSpan.FromMinutes(10)).Samples.ToArray()));
                await Customer.SendAsync(socket, Mark(sid, "unsaid"));
                await Customer.SendAsync(socket, $$"""{"event":"clear","streamSid":"{{sid}}"}""");
            },
            closeOnMark: true);
        var twilio = await StartTwilioAsync(o => o with { Speed = 20 });

        var call = await twilio.PlaceCallAsync(Script with { TalkFor = TimeSpan.FromHours(1) });

        call.Streams[0].MarksReturned.ShouldBe(["unsaid"]);
        call.HeardByCaller.Count(b => b is not MuLaw.Silence).ShouldBeLessThan(AudioFrame.SampleRate * 600);
    }

    [Fact]
    public async Task Keys_ReachTheAgentInTheirPlace()
    {
        await Twilio.PlaceCallAsync(Script with { Keys = [new KeyPress(TimeSpan.FromMilliseconds(500), '1'), new KeyPress(TimeSpan.FromMilliseconds(600), '#')] });

        var messages = Customer.Streams[0].Messages;
        var keys = messages.Where(m => m.GetProperty("event").GetString() == "dtmf").ToList();
        keys.Select(k => k.GetProperty("dtmf").GetProperty("digit").GetString()).ShouldBe(["1", "#"]);
        messages.Skip(1).Select(m => m.GetProperty("sequenceNumber").GetString()).ShouldBe(Enumerable.Range(1, messages.Count - 1).Select(n => $"{n}"));
        messages.TakeWhile(m => m.GetProperty("event").GetString() != "dtmf").Count(m => m.GetProperty("event").GetString() == "media").ShouldBe(25);
    }

    [Fact]
    public async Task Agent_ClosesTheSocket_TheCallGoesOnWithTheAction()
    {
        Customer.NextTwiml = "<Response><Pause length=\"7\"/></Response>";
        OnStart((socket, _) => socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation));
        var twilio = await StartTwilioAsync(o => o with { Speed = 20 });

        var call = await twilio.PlaceCallAsync(Script with { TalkFor = TimeSpan.FromHours(1) });

        call.Streams[0].Ending.ShouldBe(StreamEnding.ClosedByReceiver);
        call.Duration.ShouldBeInRange(TimeSpan.FromSeconds(7), TimeSpan.FromMinutes(10));
        Customer.RequestsTo("/next").ShouldHaveSingleItem()["CallStatus"].ShouldBe("in-progress");
        Customer.RequestsTo("/stream-status").Select(r => r["StreamEvent"]).ShouldBe(["stream-started", "stream-stopped"]);
    }

    public static TheoryData<string> Unacceptable =>
    [
        "hello",
        """{"event":"stop","streamSid":"SID"}""",
        """{"event":"media","media":{"payload":"AAAA"}}""",
        """{"event":"media","streamSid":"MZ0","media":{"payload":"AAAA"}}""",
        """{"event":"media","streamSid":"SID","media":{"payload":"not base64"}}""",
        """{"event":"media","streamSid":"SID"}""",
        """{"event":"mark","streamSid":"SID","mark":{}}""",
        """{"event":"mark","streamSid":"SID","mark":{"name":null}}""",
    ];

    [Theory]
    [MemberData(nameof(Unacceptable))]
    public async Task Agent_SendsWhatItMayNot_TheStreamIsClosedWith31924(string message)
    {
        OnStart((socket, sid) => Customer.SendAsync(socket, message.Replace("SID", sid, StringComparison.Ordinal)));
        var twilio = await StartTwilioAsync(o => o with { Speed = 20 });

        var call = await twilio.PlaceCallAsync(Script with { TalkFor = TimeSpan.FromHours(1) });

        call.Streams[0].Ending.ShouldBe(StreamEnding.ProtocolError);
        call.Errors.ShouldHaveSingleItem().Code.ShouldBe(31924);
        Customer.RequestsTo("/stream-status").Select(r => r["StreamEvent"]).ShouldBe(["stream-started", "stream-error"]);
        Customer.RequestsTo("/stream-status")[1]["StreamError"].ShouldNotBeNull().ShouldStartWith("31924");
    }

    [Fact]
    public async Task OneWayStream_ThatIsAnswered_IsClosedWith31924AndTheCallGoesOn()
    {
        Customer.Twiml = "<Response><Start><Stream url=\"{stream}\" statusCallback=\"{base}/stream-status\"/></Start><Pause length=\"3600\"/></Response>";
        OnStart((socket, sid) => Customer.SendAsync(socket, Mark(sid, "m")));
        var twilio = await StartTwilioAsync(o => o with { Speed = 20 });

        var call = twilio.StartCall(new CallScript());
        await Wait.UntilAsync(() => call.ExchangesOf("stream", "stream-error").Count > 0);
        call.Status.ShouldBe("in-progress");
        call.HangUp();
        await call.Completion;

        call.Streams[0].Ending.ShouldBe(StreamEnding.ProtocolError);
        call.Errors.ShouldHaveSingleItem().Code.ShouldBe(31924);
    }

    [Fact]
    public async Task Upgrade_IsSignedOverTheWssFormInALowerCaseHeader()
    {
        await Twilio.PlaceCallAsync(Script);

        var headers = Customer.Streams[0].Headers;
        headers["x-twilio-signature"].ShouldBe(TwilioSigner.SignUrl(Twilio.Options.AuthToken, "wss" + Customer.StreamUrl["ws".Length..]));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(200)]
    public async Task Upgrade_Refused_IsAnErrorAndTheCallGoesOn(int status)
    {
        Customer.UpgradeStatus = status;
        Customer.NextTwiml = "<Response><Pause length=\"2\"/></Response>";

        var call = await Twilio.PlaceCallAsync(Script);

        call.Streams[0].Ending.ShouldBe(StreamEnding.Refused);
        call.Errors.ShouldHaveSingleItem().ShouldSatisfyAllConditions(e => e.Code.ShouldBe(31920), e => e.Message.ShouldContain($"answered {status}"));
        call.Duration.ShouldBe(TimeSpan.FromSeconds(2));
        Customer.RequestsTo("/stream-status").ShouldHaveSingleItem()["StreamEvent"].ShouldBe("stream-error");
    }

    // What the agent does when a stream starts; where asked, it closes the socket once its mark comes back.
    private void OnStart(Func<WebSocket, string, Task> act, bool closeOnMark = false) =>
        Customer.OnMessage = (socket, message) => message.GetProperty("event").GetString() switch
        {
            "start" => act(socket, message.GetProperty("streamSid").GetString()!),
            "mark" when closeOnMark => socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancellation),
            _ => Task.CompletedTask,
        };

    private static string Media(string sid, byte[] audio) =>
        JsonSerializer.Serialize(new { @event = "media", streamSid = sid, media = new { payload = Convert.ToBase64String(audio) } });

    private static string Mark(string sid, string name) => JsonSerializer.Serialize(new { @event = "mark", streamSid = sid, mark = new { name } });
}
