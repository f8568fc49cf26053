using System.Xml.Linq;
using Burqi.Ingress.Tests.Support;
using Burqi.Ingress.Tests.Twilio.Voice;
using Burqi.Testing;

namespace Burqi.Ingress.Tests.Twilio.Library;

/// <summary>Our TwiML is what Twilio's own classes write, with the elements, attributes and values that their types know.</summary>
public sealed class LibraryTwimlTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/twilio/voice", TwilioClient.Callee)]
    [InlineData("/twilio/voice", TwilioClient.OurNumber)]
    [InlineData("/twilio/voice?to=%2B14255550123", TwilioClient.OurNumber)]
    [InlineData("/twilio/voice", "sip:nobody@example.com")]
    [InlineData("/twiml?assistant_id=front-desk", TwilioClient.OurNumber)]
    [InlineData("/twiml?assistant_id=front-desk&to=%2B14255550123", TwilioClient.OurNumber)]
    [InlineData("/twiml", TwilioClient.OurNumber)]
    public async Task Answer_BuiltAgainWithTheLibrarysClasses_IsTheSame(string target, string to)
    {
        await using var host = await IngressHost.StartAsync();

        var ours = await VoiceEndpointTests.TwimlAsync(host, TwilioClient.Voice(("From", TwilioClient.Caller), ("To", to)), target);

        var theirs = await TwilioLibrary.AskAsync("twiml", new { document = Tree(ours.Root!) }, Cancellation);
        theirs["problems"]!.AsArray().Select(problem => problem!.GetValue<string>()).ShouldBeEmpty();
        VoiceEndpointTests.ShouldBeSameXml(ours, theirs["xml"]!.GetValue<string>());
        ours.Elements().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Answer_ToACallThatIsPutThrough_IsWhatOneWritesWithTheLibrary()
    {
        await using var host = await IngressHost.StartAsync();

        var ours = await VoiceEndpointTests.TwimlAsync(host, TwilioClient.Voice());

        var theirs = await TwilioLibrary.AskAsync(
            "voice",
            new
            {
                name = "burqi-" + TwilioClient.CallSid,
                host = "burqi.example.com",
                parameters = ours.Descendants("Parameter").ToDictionary(parameter => parameter.Attribute("name")!.Value, parameter => parameter.Attribute("value")!.Value),
                callerId = TwilioClient.CallerId,
                number = TwilioClient.Callee,
            },
            Cancellation);
        VoiceEndpointTests.ShouldBeSameXml(ours, theirs.GetValue<string>());
    }

    [Fact]
    public async Task TheComparison_TwimlThatTwilioDoesNotKnow_IsNoticed()
    {
        var wrong = XElement.Parse(
            """<Response><Start><Recording recordingTrack="both" channels="stereo" recordingStatusCallbackEvent="completed failed"/></Start><Record recordingChannels="dual"/><Stop><Recording/></Stop></Response>""");

        var theirs = await TwilioLibrary.AskAsync("twiml", new { document = Tree(wrong) }, Cancellation);

        theirs["problems"]!.AsArray().Select(problem => problem!.GetValue<string>()).ShouldBe(
        [
            "<Recording> has no attribute recordingTrack",
            "channels of <Recording> is never stereo",
            "recordingStatusCallbackEvent of <Recording> is never failed",
            "<Record> has no attribute recordingChannels",
            "<Recording> may not stand there",
        ]);
    }

    private static object Tree(XElement element) => new
    {
        name = element.Name.LocalName,
        attributes = element.Attributes().ToDictionary(attribute => attribute.Name.LocalName, attribute => attribute.Value),
        text = element.HasElements ? "" : element.Value,
        children = element.Elements().Select(Tree).ToArray(),
    };
}
