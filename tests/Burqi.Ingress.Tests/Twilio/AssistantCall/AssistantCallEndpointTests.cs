using System.Diagnostics;
using System.Net;
using System.Xml.Linq;
using Burqi.Assistants;
using Burqi.Contracts.Assistants;
using Burqi.Contracts.Calls;
using Burqi.Contracts.Recordings;
using Burqi.Ingress.Tests.SharedSource;
using Burqi.Ingress.Tests.Support;
using Burqi.Ingress.Tests.Twilio.Voice;
using Burqi.Streams;
using Burqi.Testing;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Ingress.Tests.Twilio.AssistantCall;

public sealed class AssistantCallEndpointTests
{
    private const string Target = "/twiml?assistant_id=front-desk";

    private static readonly (string Name, string Value)[] Call = TwilioClient.Voice(("From", TwilioClient.Caller), ("To", TwilioClient.OurNumber));

    [Fact]
    public async Task Post_AssistantsCall_IsRecordedAndConnectedToTheTwoWayStream()
    {
        await using var host = await IngressHost.StartAsync();
        await TellAsync(host, Assistant() with { Enabled = true });

        var twiml = await VoiceEndpointTests.TwimlAsync(host, Call, Target);

        var token = VoiceEndpointTests.Parameter(twiml, "token");
        VoiceEndpointTests.ShouldBeSameXml(twiml, $"""
            <Response>
              <Start>
                <Recording channels="dual" track="both" trim="do-not-trim" recordingStatusCallbackMethod="POST"
                           recordingStatusCallback="https://burqi.example.com/twilio/recording-status?assistant_id=front-desk#rc=5&amp;rp=all"
                           recordingStatusCallbackEvent="in-progress completed absent"/>
              </Start>
              <Connect>
                <Stream name="burqi-{TwilioClient.CallSid}" url="wss://burqi.example.com/streams"
                        statusCallback="https://burqi.example.com/twilio/stream-status#rc=5&amp;rp=all" statusCallbackMethod="POST">
                  <Parameter name="assistant_id" value="front-desk"/>
                  <Parameter name="token" value="{token}"/>
                  <Parameter name="traceparent" value="{VoiceEndpointTests.Parameter(twiml, "traceparent")}"/>
                </Stream>
              </Connect>
              <Say language="en-US">The assistant is no longer on the line. Thank you for your call. Goodbye.</Say>
            </Response>
            """);
        StreamToken.TryRead(StreamToken.DeriveKey(null, TwilioClient.AuthToken)!, token, "twilio", TwilioClient.CallSid, TimeProvider.System.GetUtcNow(), out var read)
            .ShouldBeTrue();
        read.AssistantId.ShouldBe("front-desk");
    }

    [Fact]
    public async Task Post_AttributesConfigured_HoldForTheRecordingAndNotForTheTwoWayStream()
    {
        await using var host = await IngressHost.StartAsync(
            null,
            ("TWILIO_STREAM_TRACK", "outbound_track"),
            ("TWILIO_RECORDING_CHANNELS", "mono"),
            ("TWILIO_RECORDING_TRACK", "inbound"),
            ("TWILIO_RECORDING_TRIM", "trim-silence"),
            ("TWILIO_RECORDING_STATUS_CALLBACK_EVENT", "completed absent"),
            ("TWILIO_DIAL_TIMEOUT", "20"));

        var twiml = await VoiceEndpointTests.TwimlAsync(host, Call, Target + "&to=%2B14255550123");

        // A two-way stream gives the caller's track, whatever is asked for.
        twiml.Descendants("Stream").Single().Attribute("track").ShouldBeNull();
        var recording = twiml.Descendants("Recording").Single();
        new[] { "channels", "track", "trim", "recordingStatusCallbackEvent" }.Select(name => recording.Attribute(name)!.Value)
            .ShouldBe(["mono", "inbound", "trim-silence", "completed absent"]);
        twiml.Descendants("Dial").Single().Attribute("timeout")!.Value.ShouldBe("20");
    }

    [Fact]
    public async Task Post_Call_IsAnnouncedWithItsAssistantInTheSameTrace()
    {
        await using var host = await IngressHost.StartAsync();

        var twiml = await VoiceEndpointTests.TwimlAsync(host, Call, Target);

        var started = await host.Events.SingleAsync<CallStarted>();
        started.CallId.ShouldBe(TwilioClient.CallSid);
        started.AssistantId.ShouldBe("front-desk");
        started.From.ShouldBe(TwilioClient.Caller);
        ActivityContext.TryParse(VoiceEndpointTests.Parameter(twiml, "traceparent"), null, out var trace).ShouldBeTrue();
        host.Events.TraceOf(started).ShouldBe(trace.TraceId);
    }

    [Fact]
    public async Task Post_AssistantWhoseCallsAreNotRecorded_IsConnectedUnrecorded()
    {
        await using var host = await IngressHost.StartAsync();
        await TellAsync(host, Assistant() with { Enabled = false });

        var twiml = await VoiceEndpointTests.TwimlAsync(host, Call, Target);

        Verbs(twiml).ShouldBe(["Connect", "Say"]);
    }

    [Fact]
    public async Task Post_AssistantNobodyHeardOf_IsConnectedAndRecorded()
    {
        await using var host = await IngressHost.StartAsync();

        var twiml = await VoiceEndpointTests.TwimlAsync(host, Call, "/twiml?assistant_id=nobody");

        Verbs(twiml).ShouldBe(["Start", "Connect", "Say"]);
        VoiceEndpointTests.Parameter(twiml, "assistant_id").ShouldBe("nobody");
        host.Logs.Count(2241).ShouldBe(1);
    }

    [Fact]
    public async Task Post_DeletedAssistant_IsThatOfNobody()
    {
        await using var host = await IngressHost.StartAsync();
        await TellAsync(host, Assistant() with { Enabled = false });
        await PublishAsync(host, AssistantDirectoryTests.Deleted("front-desk", 2));
        await Eventually.BecomesTrueAsync(() => host.Services.GetRequiredService<AssistantDirectory>().Find("front-desk") is null);

        var twiml = await VoiceEndpointTests.TwimlAsync(host, Call, Target);

        Verbs(twiml).ShouldBe(["Start", "Connect", "Say"]);
    }

    [Theory]
    [InlineData("/twiml")]
    [InlineData("/twiml?assistant_id=")]
    [InlineData("/twiml?assistant_id=a%20b")]
    [InlineData("/twiml?assistant_id=../x")]
    [InlineData("/twiml?assistant_id=one&assistant_id=two")]
    public async Task Post_NoUsableAssistant_IsAnsweredAsACallForNobody(string target)
    {
        await using var host = await IngressHost.StartAsync();

        var twiml = await VoiceEndpointTests.TwimlAsync(host, Call, target);

        // Not put through to the number that was dialled: it is ours.
        Verbs(twiml).ShouldBe(["Start", "Start", "Say", "Pause"]);
        twiml.Descendants("Stream").Single().Attribute("url")!.Value.ShouldBe("wss://burqi.example.com/twilio/media-stream");
        (await host.Events.SingleAsync<CallStarted>()).AssistantId.ShouldBeNull();
        host.Logs.Count(2240).ShouldBe(1);
    }

    [Fact]
    public async Task Post_NoCallSid_IsAnsweredUnrecorded()
    {
        await using var host = await IngressHost.StartAsync();

        var twiml = await VoiceEndpointTests.TwimlAsync(host, TwilioClient.Voice(("CallSid", "")), Target);

        Verbs(twiml).ShouldBe(["Say", "Pause"]);
    }

    [Fact]
    public async Task Post_UrlNamesANumber_TheCallGoesOnToItAfterTheStream()
    {
        await using var host = await IngressHost.StartAsync();

        var twiml = await VoiceEndpointTests.TwimlAsync(host, Call, Target + "&to=%2B14255550123");

        Verbs(twiml).ShouldBe(["Start", "Connect", "Dial"]);
        twiml.Descendants("Number").Single().Value.ShouldBe(TwilioClient.Callee);
    }

    [Theory]
    [InlineData(nameof(BusState.Down))]
    [InlineData(nameof(BusState.Silent))]
    public async Task Post_BusAway_IsConnectedAllTheSame(string state)
    {
        await using var host = await IngressHost.StartAsync(null, ("BURQI_INGRESS_VOICE_DEADLINE_MS", "300"));
        host.Bus.State = Enum.Parse<BusState>(state);

        var twiml = await VoiceEndpointTests.TwimlAsync(host, Call, Target);

        Verbs(twiml).ShouldBe(["Start", "Connect", "Say"]);
        await Eventually.BecomesTrueAsync(() => host.Spool.PendingCount == 1);
    }

    [Fact]
    public async Task Post_AfterAStartWithoutCatalog_GoesByWhatWasKnownBefore()
    {
        var data = TestFolder.Create("ingress");
        await using (var before = await IngressHost.StartAsync(data))
        {
            await TellAsync(before, Assistant() with { Enabled = false });
        }

        await using var host = await IngressHost.StartAsync(data);

        Verbs(await VoiceEndpointTests.TwimlAsync(host, Call, Target)).ShouldBe(["Connect", "Say"]);
    }

    [Fact]
    public async Task Post_NotSigned_IsRefused()
    {
        await using var host = await IngressHost.StartAsync();

        using var unsigned = await host.Twilio.PostAsync(Target, Call, signature: null);
        unsigned.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var forAnother = await host.Twilio.PostAsync(Target, Call, host.Twilio.Sign("/twiml?assistant_id=another", Call));
        forAnother.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task RecordingStatus_OfAnAssistantsCall_SaysWhatTheSettingsSaidWhenItBegan()
    {
        await using var host = await IngressHost.StartAsync();
        await TellAsync(host, Assistant() with { Enabled = true, AutoSave = false, CreateDatabaseRecords = false });
        var twiml = await VoiceEndpointTests.TwimlAsync(host, Call, Target);
        var callback = twiml.Descendants("Recording").Single().Attribute("recordingStatusCallback")!.Value;
        callback.ShouldBe("https://burqi.example.com/twilio/recording-status?assistant_id=front-desk&create_database_records=false&auto_save=false#rc=5&rp=all");
        await TellAsync(host, Assistant() with { Version = 2, Enabled = true });

        var target = new Uri(callback).PathAndQuery;
        (await host.Twilio.StatusOfAsync(target, TwilioClient.RecordingStatus(("RecordingStatus", "in-progress")))).ShouldBe(HttpStatusCode.NoContent);
        (await host.Twilio.StatusOfAsync(target, TwilioClient.RecordingStatus())).ShouldBe(HttpStatusCode.NoContent);
        (await host.Twilio.StatusOfAsync(target, TwilioClient.RecordingStatus(("RecordingStatus", "absent")))).ShouldBe(HttpStatusCode.NoContent);

        var events = await host.Events.WaitForAsync(4);
        var started = events.OfType<RecordingStarted>().Single();
        (started.AssistantId, started.CreateDatabaseRecords).ShouldBe(("front-desk", false));
        var ready = events.OfType<ProviderRecordingReady>().Single();
        (ready.AssistantId, ready.CreateDatabaseRecords, ready.AutoSave).ShouldBe(("front-desk", false, false));
        var failed = events.OfType<RecordingFailed>().Single();
        (failed.AssistantId, failed.CreateDatabaseRecords).ShouldBe(("front-desk", false));
    }

    [Fact]
    public async Task RecordingStatus_OfAnyOtherCall_SaysNothingOfIt()
    {
        await using var host = await IngressHost.StartAsync();

        await host.Twilio.StatusOfAsync("/twilio/recording-status", TwilioClient.RecordingStatus());

        var ready = await host.Events.SingleAsync<ProviderRecordingReady>();
        (ready.AssistantId, ready.CreateDatabaseRecords, ready.AutoSave).ShouldBe(((string?)null, (bool?)null, (bool?)null));
    }

    private static AssistantSaved Assistant() => AssistantDirectoryTests.Saved("front-desk", 1, "wss://agent.example.com");

    private static IEnumerable<string> Verbs(XDocument twiml) => twiml.Root!.Elements().Select(verb => verb.Name.LocalName);

    private static async Task TellAsync(IngressHost host, AssistantSaved assistant)
    {
        await PublishAsync(host, assistant);
        await Eventually.BecomesTrueAsync(() => host.Services.GetRequiredService<AssistantDirectory>().Find(assistant.AssistantId) == assistant);
    }

    private static Task PublishAsync<T>(IngressHost host, T message)
        where T : class => host.Services.GetRequiredService<IBus>().Publish(message);
}
