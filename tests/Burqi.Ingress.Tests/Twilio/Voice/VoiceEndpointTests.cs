using System.Diagnostics;
using System.Net;
using System.Xml.Linq;
using Burqi.Contracts.Calls;
using Burqi.Ingress.Tests.Support;
using Burqi.Streams;

namespace Burqi.Ingress.Tests.Twilio.Voice;

public sealed class VoiceEndpointTests
{
    [Fact]
    public async Task Post_CallFromAnApp_IsRecordedTwiceAndPutThrough()
    {
        await using var host = await IngressHost.StartAsync();

        var twiml = await TwimlAsync(host, TwilioClient.Voice());

        var traceParent = Parameter(twiml, "traceparent");
        var token = Parameter(twiml, "token");
        StreamToken.TryRead(StreamToken.DeriveKey(null, TwilioClient.AuthToken)!, token, "twilio", TwilioClient.CallSid, TimeProvider.System.GetUtcNow(), out var read)
            .ShouldBeTrue();
        read.AssistantId.ShouldBeNull();
        ShouldBeSameXml(twiml, $"""
            <Response>
              <Start>
                <Stream name="burqi-{TwilioClient.CallSid}" url="wss://burqi.example.com/twilio/media-stream" track="both_tracks"
                        statusCallback="https://burqi.example.com/twilio/stream-status#rc=5&amp;rp=all" statusCallbackMethod="POST">
                  <Parameter name="token" value="{token}"/>
                  <Parameter name="traceparent" value="{traceParent}"/>
                </Stream>
              </Start>
              <Start>
                <Recording channels="dual" track="both" trim="do-not-trim"
                           recordingStatusCallback="https://burqi.example.com/twilio/recording-status#rc=5&amp;rp=all" recordingStatusCallbackMethod="POST"
                           recordingStatusCallbackEvent="in-progress completed absent"/>
              </Start>
              <Dial callerId="{TwilioClient.CallerId}">
                <Number statusCallback="https://burqi.example.com/twilio/call-status#rc=5&amp;rp=all"
                        statusCallbackEvent="initiated ringing answered completed" statusCallbackMethod="POST">{TwilioClient.Callee}</Number>
              </Dial>
            </Response>
            """);
    }

    [Fact]
    public async Task Post_Call_IsAnnouncedBeforeTheAnswerInTheSameTrace()
    {
        await using var host = await IngressHost.StartAsync();
        var before = TimeProvider.System.GetUtcNow();

        var twiml = await TwimlAsync(host, TwilioClient.Voice());

        var started = await host.Events.SingleAsync<CallStarted>();
        started.Provider.ShouldBe("twilio");
        started.CallId.ShouldBe(TwilioClient.CallSid);
        started.AccountId.ShouldBe(TwilioClient.AccountSid);
        started.ParentCallId.ShouldBeNull();
        started.Direction.ShouldBe("inbound");
        started.From.ShouldBe("client:alice");
        started.To.ShouldBe(TwilioClient.Callee);
        started.StartedAt.ShouldBeInRange(before, TimeProvider.System.GetUtcNow());

        ActivityContext.TryParse(Parameter(twiml, "traceparent"), null, out var trace).ShouldBeTrue();
        host.Events.TraceOf(started).ShouldBe(trace.TraceId);
    }

    [Fact]
    public async Task Post_ValuesThatNoStoreTakes_AreToldAsFarAsOneDoes()
    {
        await using var host = await IngressHost.StartAsync();

        await TwimlAsync(host, TwilioClient.Voice(("From", new string('5', 9000)), ("To", "+1\0555"), ("Direction", new string('i', 300))));

        var started = await host.Events.SingleAsync<CallStarted>();
        started.From.ShouldBe(new string('5', 500));
        started.To.ShouldBe("+1555");
        started.Direction!.Length.ShouldBe(100);
    }

    [Theory]
    [InlineData("inbound", "ringing", null)]
    [InlineData("inbound", "in-progress", true)]
    [InlineData("outbound-api", "in-progress", null)]
    public async Task Post_CallThatWasAnsweredElsewhere_IsAnnouncedAsHandedOver(string direction, string status, bool? handedOver)
    {
        await using var host = await IngressHost.StartAsync();

        await TwimlAsync(host, TwilioClient.Voice(("Direction", direction), ("CallStatus", status)));

        (await host.Events.SingleAsync<CallStarted>()).HandedOver.ShouldBe(handedOver);
    }

    [Fact]
    public async Task Post_Call_IsAnsweredAsXmlThatNobodyKeeps()
    {
        await using var host = await IngressHost.StartAsync();

        using var response = await host.Twilio.PostAsync("/twilio/voice", TwilioClient.Voice());

        response.Content.Headers.ContentType!.ToString().ShouldBe("application/xml; charset=utf-8");
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await response.Content.ReadAsStringAsync()).ShouldStartWith("<?xml version=\"1.0\" encoding=\"utf-8\"?><Response><Start>");
    }

    [Fact]
    public async Task Post_SignaturesUncheckedAndNoSecret_GivesNoToken()
    {
        await using var host = await IngressHost.StartAsync(null, ("environment", "Development"), ("BURQI_VERIFY_SIGNATURES", "false"), ("TWILIO_AUTH_TOKEN", null));

        using var response = await host.Twilio.PostAsync("/twilio/voice", TwilioClient.Voice(), signature: null);

        XDocument.Parse(await response.Content.ReadAsStringAsync()).Descendants("Parameter").Select(parameter => parameter.Attribute("name")!.Value).ShouldBe(["traceparent"]);
    }

    [Fact]
    public async Task Post_StreamSecret_MakesTheToken()
    {
        await using var host = await IngressHost.StartAsync(null, ("BURQI_STREAM_SECRET", "a secret of the streams' own"));

        var token = Parameter(await TwimlAsync(host, TwilioClient.Voice()), "token");

        StreamToken.TryRead(StreamToken.DeriveKey("a secret of the streams' own", null)!, token, "twilio", TwilioClient.CallSid, TimeProvider.System.GetUtcNow(), out _)
            .ShouldBeTrue();
    }

    [Theory]
    [InlineData("http://127.0.0.1:8000", "ws://127.0.0.1:8000/twilio/media-stream")]
    [InlineData("http://localhost:8000/", "ws://localhost:8000/twilio/media-stream")]
    [InlineData("https://burqi.example.com:8443", "wss://burqi.example.com:8443/twilio/media-stream")]
    [InlineData("https://burqi.example.com/prefix/", "wss://burqi.example.com/prefix/twilio/media-stream")]
    public async Task Post_AnyBaseUrl_GivesTheStreamItsOwn(string baseUrl, string expected)
    {
        await using var host = await IngressHost.StartAsync(null, ("CALLBACK_URI_HOST", baseUrl));
        var form = TwilioClient.Voice();

        using var response = await host.Twilio.PostAsync("/twilio/voice", form, TwilioClient.Signature(baseUrl.TrimEnd('/') + "/twilio/voice", form));

        XDocument.Parse(await response.Content.ReadAsStringAsync()).Descendants("Stream").Single().Attribute("url")!.Value.ShouldBe(expected);
    }

    [Fact]
    public async Task Post_NoBaseUrlConfigured_GivesTheAddressOfTheRequest()
    {
        await using var host = await IngressHost.StartAsync(null, ("CALLBACK_URI_HOST", null), ("BURQI_TRUSTED_PROXIES", "127.0.0.1"));
        var form = TwilioClient.Voice();

        using var response = await host.Twilio.SendAsync(
            "/twilio/voice",
            TwilioClient.Form(form),
            TwilioClient.Signature("https://voice.example.net/twilio/voice", form),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "voice.example.net"));

        var twiml = XDocument.Parse(await response.Content.ReadAsStringAsync());
        twiml.Descendants("Stream").Single().Attribute("url")!.Value.ShouldBe("wss://voice.example.net/twilio/media-stream");
        twiml.Descendants("Recording").Single().Attribute("recordingStatusCallback")!.Value
            .ShouldBe("https://voice.example.net/twilio/recording-status#rc=5&rp=all");
    }

    [Fact]
    public async Task Post_IncomingCall_KeepsTheCallerOnARecordedLine()
    {
        await using var host = await IngressHost.StartAsync();

        var twiml = await TwimlAsync(host, TwilioClient.Voice(("From", TwilioClient.Caller), ("To", TwilioClient.CallerId)));

        twiml.Root!.Elements().Select(verb => verb.Name.LocalName).ShouldBe(["Start", "Start", "Say", "Pause"]);
    }

    [Theory]
    [InlineData("/twilio/voice?to=%2B14255550123")]
    [InlineData("/twilio/voice?to=+14255550123")]
    public async Task Post_IncomingCallWhoseUrlNamesANumber_IsPutThroughToIt(string target)
    {
        await using var host = await IngressHost.StartAsync();

        var twiml = await TwimlAsync(host, TwilioClient.Voice(("From", TwilioClient.Caller), ("To", TwilioClient.OurNumber)), target);

        twiml.Descendants("Number").Single().Value.ShouldBe(TwilioClient.Callee);
        twiml.Descendants("Stream").Single().Attribute("url")!.Value.ShouldBe("wss://burqi.example.com/twilio/media-stream");
    }

    [Theory]
    [InlineData("TWILIO_STREAM_TRACK", "inbound_track", "Stream", "track", "inbound_track")]
    [InlineData("TWILIO_STREAM_TRACK", "outbound_track", "Stream", "track", "outbound_track")]
    [InlineData("TWILIO_RECORDING_CHANNELS", "mono", "Recording", "channels", "mono")]
    [InlineData("TWILIO_RECORDING_TRACK", "inbound", "Recording", "track", "inbound")]
    [InlineData("TWILIO_RECORDING_TRACK", " outbound ", "Recording", "track", "outbound")]
    [InlineData("TWILIO_RECORDING_TRIM", "trim-silence", "Recording", "trim", "trim-silence")]
    [InlineData("TWILIO_RECORDING_STATUS_CALLBACK_EVENT", "completed", "Recording", "recordingStatusCallbackEvent", "completed")]
    [InlineData("TWILIO_RECORDING_STATUS_CALLBACK_EVENT", "absent  completed", "Recording", "recordingStatusCallbackEvent", "absent completed")]
    [InlineData("TWILIO_DIAL_TIMEOUT", "45", "Dial", "timeout", "45")]
    [InlineData("TWILIO_DIAL_ANSWER_ON_BRIDGE", "True", "Dial", "answerOnBridge", "true")]
    [InlineData("TWILIO_DIAL_ANSWER_ON_BRIDGE", "false", "Dial", "answerOnBridge", "false")]
    public async Task Post_AttributeConfigured_IsWrittenAndNothingElseChanges(string variable, string value, string element, string attribute, string expected)
    {
        await using var asEver = await IngressHost.StartAsync();
        await using var host = await IngressHost.StartAsync(null, (variable, value));

        var twiml = await TwimlAsync(host, TwilioClient.Voice());

        twiml.Descendants(element).Single().Attribute(attribute)!.Value.ShouldBe(expected);
        var otherwise = await TwimlAsync(asEver, TwilioClient.Voice());
        otherwise.Descendants(element).Single().SetAttributeValue(attribute, expected);
        // Each answer has a token and a trace of its own.
        twiml.Descendants("Parameter").Remove();
        otherwise.Descendants("Parameter").Remove();
        ShouldBeSameXml(twiml, otherwise.ToString());
    }

    [Fact]
    public async Task Post_NoCallerIdConfigured_LeavesItToTwilio()
    {
        await using var host = await IngressHost.StartAsync(null, ("TWILIO_CALLER_ID", null));

        var twiml = await TwimlAsync(host, TwilioClient.Voice());

        twiml.Descendants("Dial").Single().Attributes().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(nameof(BusState.Down))]
    [InlineData(nameof(BusState.Silent))]
    public async Task Post_BusAway_IsAnsweredInTimeAndSpooled(string state)
    {
        await using var host = await IngressHost.StartAsync(null, ("BURQI_BUS", "memory"), ("BURQI_INGRESS_VOICE_DEADLINE_MS", "300"));
        host.Bus.State = Enum.Parse<BusState>(state);
        var clock = Stopwatch.StartNew();

        var twiml = await TwimlAsync(host, TwilioClient.Voice());

        // The bus's deadline and the disk's, with room for a busy machine; Twilio's own patience is 15 s.
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
        twiml.Root!.Elements().Select(verb => verb.Name.LocalName).ShouldBe(["Start", "Start", "Dial"]);
        host.Spool.PendingCount.ShouldBe(1);
    }

    [Fact]
    public async Task Post_BusAndDiskAway_StillConnectsTheCall()
    {
        await using var host = await IngressHost.StartAsync();
        host.Bus.State = BusState.Down;
        Directory.Delete(host.Spool.Directory, recursive: true);

        var twiml = await TwimlAsync(host, TwilioClient.Voice());

        twiml.Root!.Elements().Select(verb => verb.Name.LocalName).ShouldBe(["Start", "Start", "Dial"]);
        host.Logs.Count(2112).ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("CA1")]
    [InlineData("CA0000000000000000000000000000000g")]
    [InlineData("RE00000000000000000000000000000001")]
    public async Task Post_NoCallSid_IsConnectedUnrecorded(string callSid)
    {
        await using var host = await IngressHost.StartAsync();

        var twiml = await TwimlAsync(host, TwilioClient.Voice(("CallSid", callSid)));

        twiml.Root!.Elements().Select(verb => verb.Name.LocalName).ShouldBe(["Dial"]);
        Directory.GetFiles(host.Spool.JournalDirectory).ShouldBeEmpty();
    }

    [Fact]
    public async Task Post_SameCallTwice_IsAnsweredAndAnnouncedTwice()
    {
        await using var host = await IngressHost.StartAsync();

        await TwimlAsync(host, TwilioClient.Voice());
        await TwimlAsync(host, TwilioClient.Voice());

        (await host.Events.WaitForAsync(2)).Cast<CallStarted>().Select(call => call.CallId).ShouldBe([TwilioClient.CallSid, TwilioClient.CallSid]);
    }

    internal static async Task<XDocument> TwimlAsync(IngressHost host, (string Name, string Value)[] form, string target = "/twilio/voice")
    {
        using var response = await host.Twilio.PostAsync(target, form);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return XDocument.Parse(await response.Content.ReadAsStringAsync());
    }

    internal static string Parameter(XDocument twiml, string name) =>
        twiml.Descendants("Parameter").Single(parameter => parameter.Attribute("name")!.Value == name).Attribute("value")!.Value;

    internal static void ShouldBeSameXml(XDocument actual, string expected) =>
        Canonical(actual.Root!).ToString().ShouldBe(Canonical(XDocument.Parse(expected).Root!).ToString());

    // The order of attributes says nothing.
    private static XElement Canonical(XElement element) => new(
        element.Name,
        element.Attributes().OrderBy(attribute => attribute.Name.LocalName, StringComparer.Ordinal),
        element.HasElements ? element.Elements().Select(Canonical) : element.Value.Trim());
}
