using System.Net;
using System.Xml.Linq;
using Burqi.Ingress.Tests.Support;
using Burqi.Ingress.Twilio;
using Burqi.Ingress.Twilio.Twiml;
using Burqi.Ingress.Twilio.Voice;
using Burqi.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress.Tests.Twilio.Voice;

/// <summary>Whatever is broken on our side, a call is answered with TwiML that keeps it alive. Each test breaks one thing.</summary>
public sealed class BrokenAnswerTests
{
    private const string Assistants = "/twiml?assistant_id=front-desk";
    private const string WithNumber = "&to=%2B14255550123";

    [Theory]
    [InlineData("/twilio/voice", TwilioClient.Callee, "Start/Recording Dial/Number")]
    [InlineData("/twilio/voice", TwilioClient.CallerId, "Start/Recording Say Pause")]
    public async Task Post_StreamRefused_TheRestOfTheAnswerStands(string target, string to, string expected)
    {
        await using var host = await IngressHost.StartAsync();
        Options(host).StreamTrack = "both";

        await ShouldBeAsync(host, target, to, expected, leftOut: "stream");
    }

    [Theory]
    [InlineData("/twilio/voice", TwilioClient.Callee, "Start/Stream Dial/Number")]
    [InlineData("/twilio/voice", TwilioClient.CallerId, "Start/Stream Say Pause")]
    [InlineData(Assistants, TwilioClient.CallerId, "Connect/Stream Say")]
    [InlineData(Assistants + WithNumber, TwilioClient.CallerId, "Connect/Stream Dial/Number")]
    public async Task Post_RecordingRefused_TheRestOfTheAnswerStands(string target, string to, string expected)
    {
        await using var host = await IngressHost.StartAsync();
        Options(host).RecordingTrack = "both_tracks";

        await ShouldBeAsync(host, target, to, expected, leftOut: "recording");
    }

    [Theory]
    [InlineData("/twilio/voice", "Start/Stream Start/Recording Dial")]
    [InlineData(Assistants + WithNumber, "Start/Recording Connect/Stream Dial")]
    public async Task Post_DialRefused_TheNumberIsDialledWithNothingElse(string target, string expected)
    {
        await using var host = await IngressHost.StartAsync();
        Options(host).DialTimeout = 0;

        var twiml = await ShouldBeAsync(host, target, TwilioClient.Callee, expected, leftOut: "dial");

        twiml.Root!.Element("Dial")!.Value.ShouldBe(TwilioClient.Callee);
    }

    [Theory]
    [InlineData("/twilio/voice", TwilioClient.Callee, "Start/Stream Start/Recording Say Pause")]
    [InlineData("/twilio/voice?to=%2B14255550123", TwilioClient.OurNumber, "Start/Stream Start/Recording Say Pause")]
    [InlineData(Assistants + WithNumber, TwilioClient.OurNumber, "Start/Recording Connect/Stream Say")]
    public async Task Post_EvenTheBareDialRefused_TheCallStaysAlive(string target, string to, string expected)
    {
        await using var host = await IngressHost.StartAsync();
        Options(host).CallerId = "nobody";

        await ShouldBeAsync(host, target, to, expected, leftOut: "bare-dial");
    }

    [Theory]
    [InlineData("/twilio/voice", TwilioClient.Callee, "Dial")]
    [InlineData("/twilio/voice", TwilioClient.CallerId, "Say Pause")]
    [InlineData(Assistants, TwilioClient.CallerId, "Say Pause")]
    [InlineData(Assistants + WithNumber, TwilioClient.CallerId, "Dial")]
    public async Task Post_NoUrlOfOursIsUsable_TheCallGoesOnWithoutThem(string target, string to, string expected)
    {
        const string Unusable = "https://burqi example com";
        await using var host = await IngressHost.StartAsync();
        host.Services.GetRequiredService<IOptions<IngressOptions>>().Value.PublicBaseUrl = Unusable;

        await ShouldBeAsync(host, target, to, expected, leftOut: "recording", baseUrl: Unusable);
    }

    [Theory]
    [InlineData("/twilio/voice", TwilioClient.Callee, "Dial")]
    [InlineData("/twilio/voice", TwilioClient.CallerId, "Say Pause")]
    [InlineData(Assistants, TwilioClient.CallerId, "Say Pause")]
    [InlineData(Assistants + WithNumber, TwilioClient.CallerId, "Dial")]
    public async Task Post_MoreThanTwilioTakes_TheCallGoesOnWithoutItsRecordings(string target, string to, string expected)
    {
        var huge = "https://burqi.example.com/" + new string('x', 30_000);
        await using var host = await IngressHost.StartAsync(null, ("CALLBACK_URI_HOST", huge));

        await ShouldBeAsync(host, target, to, expected, leftOut: "document", baseUrl: huge);
    }

    [Theory]
    [InlineData("/twilio/voice", TwilioClient.Callee, "Start/Stream Start/Recording Dial/Number")]
    [InlineData(Assistants, TwilioClient.CallerId, "Start/Recording Connect/Stream Say")]
    public async Task Post_NoTokenCanBeMade_TheStreamGoesWithoutAndTheCallGoesOn(string target, string to, string expected)
    {
        await using var host = await IngressHost.StartAsync();
        host.Clock.IsBroken = true;

        var twiml = await TwimlAsync(host, target, to);

        Verbs(twiml).ShouldBe(expected);
        twiml.Descendants("Parameter").Select(parameter => parameter.Attribute("name")!.Value).ShouldNotContain("token");
        host.Logs.Count(2203).ShouldBe(1);
        // The same clock stands in the announcement, which fails as a whole.
        host.Logs.Count(2202).ShouldBe(1);
    }

    [Theory]
    [InlineData("/twilio/voice", TwilioClient.Callee, "Start/Stream Start/Recording Dial/Number")]
    [InlineData(Assistants, TwilioClient.CallerId, "Start/Recording Connect/Stream Say")]
    public async Task Post_OutboxHoldsItsThread_TheCallerDoesNotWaitForIt(string target, string to, string expected)
    {
        await using var host = await IngressHost.StartAsync(null, ("BURQI_INGRESS_VOICE_DEADLINE_MS", "100"));
        host.Bus.State = BusState.Stuck;
        try
        {
            Verbs(await TwimlAsync(host, target, to)).ShouldBe(expected);
            host.Logs.Count(2202).ShouldBe(1);
        }
        finally
        {
            host.Bus.State = BusState.Up;
        }
    }

    [Theory]
    [InlineData("/twilio/voice", TwilioClient.Callee, "Start/Stream Start/Recording Dial/Number")]
    [InlineData(Assistants, TwilioClient.CallerId, "Start/Recording Connect/Stream Say")]
    public async Task Post_BusAndDiskAway_TheAnswerIsWhole(string target, string to, string expected)
    {
        await using var host = await IngressHost.StartAsync();
        host.Bus.State = BusState.Down;
        Directory.Delete(host.Spool.Directory, recursive: true);

        Verbs(await TwimlAsync(host, target, to)).ShouldBe(expected);

        host.Logs.Count(2112).ShouldBe(1);
    }

    [Fact]
    public async Task Post_CatalogAwayAndNothingKeptOfItsAssistants_TheCallIsConnectedAndRecorded()
    {
        var data = TestFolder.Create("ingress");
        // No folder can be made where a file lies.
        await File.WriteAllTextAsync(Path.Combine(data, "assistants"), "");
        await using var host = await IngressHost.StartAsync(data);

        Verbs(await TwimlAsync(host, Assistants, TwilioClient.CallerId)).ShouldBe("Start/Recording Connect/Stream Say");
    }

    [Fact]
    public async Task Filter_AnythingThrown_BecomesTwimlThatKeepsTheCallAlive()
    {
        await using var host = await IngressHost.StartAsync();
        using var metrics = host.Measure();
        var filter = new KeepsTheCallAlive(host.Services.GetRequiredService<CallAnswers>());

        var answer = await filter.InvokeAsync(
            EndpointFilterInvocationContext.Create(new DefaultHttpContext()), _ => throw new InvalidOperationException("Nobody thought of this."));

        using var body = new MemoryStream(((TwimlDocument)answer!).Body.ToArray());
        Verbs(XDocument.Load(body)).ShouldBe("Say Pause");
        host.Logs.Count(2204).ShouldBe(1);
        metrics.Sum("burqi.ingress.twiml.left_out", "part=everything").ShouldBe(1);
    }

    private static TwilioOptions Options(IngressHost host) => host.Services.GetRequiredService<IOptions<TwilioOptions>>().Value;

    private static async Task<XDocument> ShouldBeAsync(
        IngressHost host, string target, string to, string expected, string leftOut, string baseUrl = TwilioClient.PublicBaseUrl)
    {
        using var metrics = host.Measure();

        var twiml = await TwimlAsync(host, target, to, baseUrl);

        Verbs(twiml).ShouldBe(expected);
        metrics.Sum("burqi.ingress.twiml.left_out", "part=" + leftOut).ShouldBe(1);
        host.Logs.Lines.Where(line => line.Id.Id == 2204).ShouldNotBeEmpty();
        // It is never told that it is recorded where nothing records it.
        var says = twiml.Root!.Elements("Say").Select(say => say.Value).SingleOrDefault() ?? "";
        says.Contains("recorded", StringComparison.Ordinal).ShouldBe(expected.Contains("Start", StringComparison.Ordinal) && expected.EndsWith("Pause", StringComparison.Ordinal));
        return twiml;
    }

    private static async Task<XDocument> TwimlAsync(IngressHost host, string target, string to, string baseUrl = TwilioClient.PublicBaseUrl)
    {
        var form = TwilioClient.Voice(("From", TwilioClient.Caller), ("To", to));
        using var response = await host.Twilio.PostAsync(target, form, TwilioClient.Signature(baseUrl + target, form));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var text = await response.Content.ReadAsStringAsync();
        text.Length.ShouldBeLessThanOrEqualTo(VoiceResponse.LargestDocument);
        return XDocument.Parse(text);
    }

    private static string Verbs(XDocument twiml) => string.Join(
        ' ', twiml.Root!.Elements().Select(verb => string.Join('/', [verb.Name.LocalName, .. verb.Elements().Select(noun => noun.Name.LocalName)])));
}
