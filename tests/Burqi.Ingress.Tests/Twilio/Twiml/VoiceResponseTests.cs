using System.Text;
using System.Xml.Linq;
using Burqi.Ingress.Twilio.Twiml;

namespace Burqi.Ingress.Tests.Twilio.Twiml;

public sealed class VoiceResponseTests
{
    private const string Socket = "wss://burqi.example.com/streams";
    private const string Callback = "https://burqi.example.com/callback";
    private const string Number = "+14255550123";

    private static readonly StreamNoun Stream = new() { Url = Socket };
    private static readonly RecordingNoun Recording = new();
    private static readonly DialVerb Dial = new() { Number = Number };
    private static readonly RecordVerb Record = new() { Action = Callback };

    private static readonly Dictionary<string, Action<VoiceResponse>> Forbidden = new(StringComparer.Ordinal)
    {
        ["an empty sentence"] = twiml => twiml.Say(""),
        ["a character that XML cannot hold"] = twiml => twiml.Say("a\u0001b"),
        ["half a character"] = twiml => twiml.Start(Stream with { Name = "a\ud83d" }),
        ["no pause"] = twiml => twiml.Pause(TimeSpan.Zero),
        ["a pause that never ends"] = twiml => twiml.Pause(TimeSpan.FromDays(2)),
        ["an unknown reason"] = twiml => twiml.Reject("tired"),
        ["a stream's query"] = twiml => twiml.Start(Stream with { Url = Socket + "?token=1" }),
        ["an empty query"] = twiml => twiml.Connect(Stream with { Url = Socket + "?" }),
        ["a stream's fragment"] = twiml => twiml.Start(Stream with { Url = Socket + "#rc=5" }),
        ["a stream in the clear"] = twiml => twiml.Start(Stream with { Url = "ws://burqi.example.com/streams" }),
        ["a stream over http"] = twiml => twiml.Connect(Stream with { Url = "https://burqi.example.com/streams" }),
        ["a stream to nowhere"] = twiml => twiml.Start(Stream with { Url = "wss:///streams" }),
        ["a relative stream"] = twiml => twiml.Start(Stream with { Url = "/streams" }),
        ["a space in a URL"] = twiml => twiml.Start(Stream with { Url = "wss://burqi.example.com/a b" }),
        ["an unknown track"] = twiml => twiml.Start(Stream with { Track = "both" }),
        ["a two-way stream of both tracks"] = twiml => twiml.Connect(Stream with { Track = "both_tracks" }),
        ["a stream without a name's letters"] = twiml => twiml.Start(Stream with { Name = "" }),
        ["stopping a stream without a name"] = twiml => twiml.StopStream(""),
        ["a relative callback"] = twiml => twiml.Start(Stream with { StatusCallback = "/twilio/stream-status" }),
        ["a callback that is no web address"] = twiml => twiml.Start(Stream with { StatusCallback = "ftp://burqi.example.com/x" }),
        ["a parameter without a name"] = twiml => twiml.Start(Stream with { Parameters = [new("", "value")] }),
        ["a parameter of 500 characters"] = twiml => twiml.Start(Stream with { Parameters = [new("name", new string('x', 496))] }),
        ["unknown channels"] = twiml => twiml.Start(Recording with { Channels = "stereo" }),
        ["a stream's word for a recording's track"] = twiml => twiml.Start(Recording with { Track = "both_tracks" }),
        ["an unknown trim"] = twiml => twiml.Start(Recording with { Trim = "true" }),
        ["an event that cannot be asked for"] = twiml => twiml.Start(Recording with { Callback = new(Callback, ["completed", "failed"]) }),
        ["a list in one word"] = twiml => twiml.Start(Recording with { Callback = new(Callback, ["completed,absent"]) }),
        ["an event twice"] = twiml => twiml.Start(Recording with { Callback = new(Callback, ["completed", "completed"]) }),
        ["no event"] = twiml => twiml.Start(Recording with { Callback = new(Callback, []) }),
        ["a relative recording callback"] = twiml => twiml.Start(Recording with { Callback = new("recording-status", ["completed"]) }),
        ["an unknown way to record"] = twiml => twiml.Dial(Dial with { Record = "true" }),
        ["an unknown recording track"] = twiml => twiml.Dial(Dial with { RecordingTrack = "inbound_track" }),
        ["a number that is none"] = twiml => twiml.Dial(Dial with { Number = "911" }),
        ["a caller id that is none"] = twiml => twiml.Dial(Dial with { CallerId = "Burqi" }),
        ["no time to ring"] = twiml => twiml.Dial(Dial with { Timeout = 0 }),
        ["too much time to ring"] = twiml => twiml.Dial(Dial with { Timeout = 601 }),
        ["a relative action"] = twiml => twiml.Dial(Dial with { Action = "after" }),
        ["a relative callback of a number"] = twiml => twiml.Dial(Dial with { NumberStatusCallback = "leg" }),
        ["a relative action of a connection"] = twiml => twiml.Connect(Stream, action: "after"),
        ["a key that no telephone has"] = twiml => twiml.Record(Record with { FinishOnKey = "x" }),
        ["a voicemail of no length"] = twiml => twiml.Record(Record with { MaxLength = 0 }),
        ["no silence"] = twiml => twiml.Record(Record with { Timeout = 0 }),
        ["a voicemail that comes back"] = twiml => twiml.Record(Record with { Action = "" }),
    };

    public static TheoryData<string> ForbiddenThings() => [.. Forbidden.Keys];

    [Theory]
    [MemberData(nameof(ForbiddenThings))]
    public void Verb_ThatTwilioDoesNotAllow_IsRefusedAndLeavesTheRest(string what)
    {
        var twiml = new VoiceResponse().Say("Hello.");

        var refusal = Should.Throw<TwimlException>(() => Forbidden[what](twiml));

        Text(twiml).ShouldEndWith("<Response><Say>Hello.</Say></Response>");
        // It goes into a log.
        refusal.ToString().ShouldNotContain("911");
    }

    [Fact]
    public void Verb_AtTheEdgeOfWhatIsAllowed_IsWritten()
    {
        var twiml = new VoiceResponse()
            .Start(Stream with { Parameters = [new("name", new string('x', 495))] })
            .Start(Stream with { Url = "ws://127.0.0.1:8000/streams" })
            .Start(Stream with { Url = "WSS://burqi.example.com/streams" })
            .Connect(Stream with { Track = "inbound_track", Parameters = [new("empty", "")] })
            .Dial(Dial with { Timeout = 600, AnswerOnBridge = false });

        var xml = XDocument.Parse(Text(twiml));

        xml.Root!.Elements().Count().ShouldBe(5);
        xml.Root.Elements("Dial").Single().Attribute("answerOnBridge")!.Value.ShouldBe("false");
    }

    [Fact]
    public void Values_WithCharactersOfXml_AreEscaped()
    {
        var text = Text(new VoiceResponse()
            .Start(new StreamNoun
            {
                Name = "a\"b",
                Url = "wss://x/<y>",
                StatusCallback = "https://x/?a=1&b='2'",
                Parameters = [new("p", "t\"<&>\n")],
            })
            .Say("1 < 2 & 3 > 2 ]]>"));

        text.ShouldContain("name=\"a&quot;b\"");
        text.ShouldContain("url=\"wss://x/&lt;y&gt;\"");
        text.ShouldContain("statusCallback=\"https://x/?a=1&amp;b='2'\"");
        text.ShouldContain("value=\"t&quot;&lt;&amp;&gt;&#xA;\"");
        XDocument.Parse(text).Root!.Element("Say")!.Value.ShouldBe("1 < 2 & 3 > 2 ]]>");
    }

    [Fact]
    public void Lists_OfSeveral_HaveASpaceBetweenTwo() => Text(new VoiceResponse().Start(new RecordingNoun { Callback = new(Callback, ["completed", "absent"]) }))
        .ShouldContain("recordingStatusCallbackEvent=\"completed absent\"");

    [Fact]
    public void Document_OfSixtyFourKibibytes_IsTheLongest()
    {
        var empty = new VoiceResponse().Say("é").ToDocument().Body.Length - 2;
        var most = VoiceResponse.LargestDocument - empty;

        // Bytes, not characters.
        new VoiceResponse().Say(new string('é', most / 2) + new string('x', most % 2)).ToDocument().Body.Length.ShouldBe(64 * 1024);
        Should.Throw<TwimlException>(() => new VoiceResponse().Say(new string('é', (most / 2) + 1)).ToDocument());
    }

    [Fact]
    public void Document_AsBytes_BeginsWithItsDeclaration() =>
        new VoiceResponse().ToDocument().Body.ToArray().ShouldBe("<?xml version=\"1.0\" encoding=\"utf-8\"?><Response />"u8.ToArray());

    private static string Text(VoiceResponse twiml) => Encoding.UTF8.GetString(twiml.ToDocument().Body.Span);
}
