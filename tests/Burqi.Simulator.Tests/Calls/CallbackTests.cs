using System.Net;
using System.Net.Sockets;
using Burqi.Simulator.Audio;
using Burqi.Simulator.Calls;
using Burqi.Simulator.Webhooks;

namespace Burqi.Simulator.Tests.Calls;

/// <summary>How callbacks are delivered, retried, and made to fail.</summary>
public sealed class CallbackTests : SimulatorTest
{
    private static readonly CallScript Script = new() { Caller = AudioSource.Pattern(1, TimeSpan.FromSeconds(1)), RingFor = TimeSpan.Zero };

    [Fact]
    public async Task Failure5xx_WithRetriesAskedFor_IsSentAgainWithTheSameTokenAndSignature()
    {
        Customer.CallbackStatus = static (_, attempt) => attempt < 4 ? 503 : 204;

        var call = await PlaceAsync("#rc=5&rp=all");

        var told = call.ExchangesOf("recording").ShouldHaveSingleItem();
        told.Delivered.ShouldBeTrue();
        told.Attempts.Select(a => a.StatusCode).ShouldBe([503, 503, 503, 204]);
        var received = Customer.RequestsTo("/recording-status");
        received.Count.ShouldBe(4);
        received.Select(r => r.Token).Distinct().ShouldHaveSingleItem().ShouldBe(told.IdempotencyToken);
        received.Select(r => r.Signature).Distinct().ShouldHaveSingleItem();
        received.ShouldAllBe(r => r.RawTarget == "/recording-status" && r.Signature == r.ExpectedSignature(Twilio.Options.AuthToken, Customer.BaseUrl));
    }

    [Fact]
    public async Task Failure5xx_ByDefault_IsNotSentAgain()
    {
        Customer.CallbackStatus = static (_, _) => 500;

        var call = await PlaceAsync("");

        Customer.RequestsTo("/recording-status").Count.ShouldBe(1);
        call.ExchangesOf("recording").ShouldHaveSingleItem().Delivered.ShouldBeFalse();
        call.Errors.ShouldHaveSingleItem().Code.ShouldBe(11200);
    }

    [Fact]
    public async Task Failure4xx_IsSentAgainOnlyWhereAskedFor()
    {
        Customer.CallbackStatus = static (_, _) => 403;

        (await PlaceAsync("#rc=2&rp=5xx,ct,rt")).ExchangesOf("recording")[0].Attempts.Count.ShouldBe(1);
        (await PlaceAsync("#rc=2&rp=4xx")).ExchangesOf("recording")[0].Attempts.Count.ShouldBe(3);
    }

    [Fact]
    public async Task NoConnection_ByDefault_IsTriedOnceMore()
    {
        Customer.Twiml = $"<Response><Start><Recording trim=\"do-not-trim\" recordingStatusCallback=\"http://127.0.0.1:{ClosedPort()}/\"/></Start><Pause length=\"1\"/></Response>";

        var call = await Twilio.PlaceCallAsync(Script);

        call.ExchangesOf("recording").ShouldHaveSingleItem().Attempts.Select(a => a.Failure).ShouldBe([WebhookFailure.Connect, WebhookFailure.Connect]);
    }

    [Fact]
    public async Task NoAnswer_IsGivenUpAfterTheReadTimeout()
    {
        var call = await PlaceAsync("#rt=150&rc=1&rp=rt", path: "/silent");

        call.ExchangesOf("recording").ShouldHaveSingleItem().Attempts.Select(a => a.Failure).ShouldBe([WebhookFailure.Read, WebhookFailure.Read]);
    }

    [Fact]
    public async Task Retries_EndWithTheTotalTime()
    {
        Customer.CallbackStatus = static (_, _) => 500;
        var twilio = await StartTwilioAsync(o => o with { RetryPause = TimeSpan.FromMilliseconds(500) });
        Customer.Twiml = Document("#rc=5&rp=all&tt=1000", "/recording-status", "POST");

        var call = await twilio.PlaceCallAsync(Script);

        // Pauses of 500 and 1000 ms: the second would end after the 1000 ms allowed, the first may on a machine that has much to do.
        call.ExchangesOf("recording")[0].Attempts.Count.ShouldBeInRange(1, 2);
    }

    [Fact]
    public async Task MethodGet_CarriesTheParametersInTheQueryAndSignsThem()
    {
        await PlaceAsync("#rc=1", "/recording-status?tenant=a%20b", "GET");

        var received = Customer.Requests.Single(r => r.Path == "/recording-status");
        received.Method.ShouldBe("GET");
        received.RawTarget.ShouldStartWith("/recording-status?tenant=a%20b&AccountSid=AC");
        received.RawTarget.ShouldContain("RecordingStatus=completed");
        received.Signature.ShouldBe(received.ExpectedSignature(Twilio.Options.AuthToken, Customer.BaseUrl));
    }

    [Fact]
    public async Task VoiceUrl_ThatNeverAnswers_EndsTheCall()
    {
        var call = await Twilio.PlaceCallAsync(Script with { VoiceUrl = Customer.BaseUrl + "/silent#rt=200" });

        // The URL answers nobody ever: what ended the call is the limit of its fragment, or Twilio's own.
        call.Errors.ShouldHaveSingleItem().Message.ShouldContain("no answer in time");
    }

    [Fact]
    public async Task VoiceUrl_ThatRedirects_IsFollowedWithGetAndWithoutTheForm()
    {
        Customer.Twiml = "<Response><Pause length=\"1\"/></Response>";

        var call = await Twilio.PlaceCallAsync(Script with { VoiceUrl = Customer.BaseUrl + "/moved" });

        call.Duration.ShouldBe(TimeSpan.FromSeconds(1));
        var followed = Customer.RequestsTo("/voice").ShouldHaveSingleItem();
        followed.Method.ShouldBe("GET");
        followed.Form.ShouldBeEmpty();
    }

    [Fact]
    public async Task VoiceUrl_WithCredentials_SendsThemOnceAskedAndSignsThem()
    {
        var url = Customer.BaseUrl.Replace("://", "://user:pa%20ss@", StringComparison.Ordinal) + "/guarded";

        await Twilio.PlaceCallAsync(Script with { VoiceUrl = url });

        var received = Customer.RequestsTo("/guarded");
        received.Select(r => r.Headers.GetValueOrDefault("Authorization")).ShouldBe([null, "Basic dXNlcjpwYSBzcw=="]);
        received.ShouldAllBe(r => r.Signature == TwilioSigner.SignForm(Twilio.Options.AuthToken, url, r.Form));
    }

    [Fact]
    public async Task Route_LeadsPublicAddressesHereAsAProxyWould()
    {
        Twilio.Route("https://burqi.example.com", Customer.BaseUrl);
        Customer.Twiml = """
            <Response><Start><Stream url="wss://burqi.example.com/media"/></Start>
            <Start><Recording trim="do-not-trim" recordingStatusCallback="https://burqi.example.com/recording-status"/></Start><Pause length="1"/></Response>
            """;

        var call = await Twilio.PlaceCallAsync(Script with { VoiceUrl = "https://burqi.example.com/voice?a=%7E" });

        call.Errors.ShouldBeEmpty();
        Customer.Requests.Count.ShouldBe(2);
        Customer.Requests.ShouldAllBe(r => r.Headers["Host"] == "burqi.example.com" && r.Headers["X-Forwarded-Proto"] == "https");
        Customer.Requests.ShouldAllBe(r => r.Signature == r.ExpectedSignature(Twilio.Options.AuthToken, "https://burqi.example.com"));
        Customer.Requests[0].RawTarget.ShouldBe("/voice?a=%7E");
        Customer.Streams[0].Headers["Host"].ShouldBe("burqi.example.com");
        Customer.Streams[0].Headers["x-twilio-signature"].ShouldBe(TwilioSigner.SignUrl(Twilio.Options.AuthToken, "wss://burqi.example.com/media"));
    }

    [Fact]
    public async Task Missing_IsNeverSentButKnown()
    {
        var call = await PlaceAsync("", faults: new CallbackFault { Kind = CallbackFaultKind.Missing, About = "recording", Event = "completed" });

        Customer.RequestsTo("/recording-status").ShouldBeEmpty();
        call.ExchangesOf("recording", "completed").ShouldHaveSingleItem().Attempts.ShouldBeEmpty();
    }

    [Fact]
    public async Task Repeated_IsSentAgainWithTheSameToken()
    {
        await PlaceAsync("", faults: new CallbackFault { Kind = CallbackFaultKind.Repeated, Times = 2 });

        Customer.RequestsTo("/recording-status").Count.ShouldBe(3);
        Customer.RequestsTo("/recording-status").Select(r => r.Token).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task BadlySigned_CarriesAWrongSignature()
    {
        await PlaceAsync("", faults: new CallbackFault { Kind = CallbackFaultKind.BadlySigned });

        var received = Customer.RequestsTo("/recording-status").ShouldHaveSingleItem();
        received.Signature.Length.ShouldBe(28);
        received.Signature.ShouldNotBe(received.ExpectedSignature(Twilio.Options.AuthToken, Customer.BaseUrl));
    }

    [Theory]
    [InlineData(CallbackFaultKind.Reordered)]
    [InlineData(CallbackFaultKind.Late)]
    public async Task ReorderedOrLate_ComesAfterWhatFollowedIt(CallbackFaultKind kind)
    {
        var call = await PlaceAsync(
            "", events: "in-progress completed", faults: new CallbackFault { Kind = kind, Event = "in-progress", Delay = TimeSpan.FromSeconds(1.5) });

        Customer.RequestsTo("/recording-status").Select(r => r["RecordingStatus"]).ShouldBe(["completed", "in-progress"]);
        call.ExchangesOf("recording").ShouldAllBe(e => e.Delivered);
    }

    [Fact]
    public async Task Reordered_WithNothingAfterIt_StillComes()
    {
        await PlaceAsync("", faults: new CallbackFault { Kind = CallbackFaultKind.Reordered });

        Customer.RequestsTo("/recording-status").ShouldHaveSingleItem()["RecordingStatus"].ShouldBe("completed");
    }

    private async Task<SimulatedCall> PlaceAsync(
        string fragment, string path = "/recording-status", string method = "POST", string events = "completed", params CallbackFault[] faults)
    {
        Customer.Twiml = Document(fragment, path, method, events);
        return await Twilio.PlaceCallAsync(Script with { Callbacks = faults });
    }

    private static string Document(string fragment, string path, string method, string events = "completed") =>
        $"""
        <Response><Start><Recording trim="do-not-trim" recordingStatusCallback="{"{base}"}{path}{fragment.Replace("&", "&amp;", StringComparison.Ordinal)}"
        recordingStatusCallbackMethod="{method}" recordingStatusCallbackEvent="{events}"/></Start><Pause length="1"/></Response>
        """;

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
