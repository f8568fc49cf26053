using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Burqi.Ingress.Tests.Twilio.Voice;
using Burqi.Ingress.Twilio.Twiml;

namespace Burqi.Ingress.Tests.Twilio.Twiml;

/// <summary>Documents that Twilio's own library writes, built again.</summary>
public sealed class TwimlSamplesTests
{
    private const string Host = "https://burqi.example.com/webhooks/twilio/";
    private const string Socket = "wss://burqi.example.com/ws/twilio/media";

    private static readonly RecordingCallback Callback = new(Host + "recording", ["in-progress", "completed", "absent"]);

    private static readonly Dictionary<string, VoiceResponse> Ours = new(StringComparer.Ordinal)
    {
        ["start-stream-both-tracks-then-dial"] = new VoiceResponse()
            .Start(new StreamNoun
            {
                Name = "burqi-CA1",
                Url = Socket,
                Track = "both_tracks",
                StatusCallback = Host + "stream",
                Parameters = [new("tenantId", "acme"), new("note", "a<b&\"c\"")],
            })
            .Say("This call may be recorded.")
            .Dial(new DialVerb { Number = "+14255550123" }),
        ["connect-stream-bidirectional"] = new VoiceResponse()
            .Connect(new StreamNoun { Url = Socket, Parameters = [new("token", "abc123")] }, action: Host + "after"),
        ["start-recording-dual"] = new VoiceResponse()
            .Start(new RecordingNoun { Channels = "dual", Track = "both", Trim = "do-not-trim", Callback = Callback })
            .Dial(new DialVerb { Number = "+14255550123" }),
        ["dial-record-dual"] = new VoiceResponse().Dial(new DialVerb
        {
            Number = "+14255550123",
            NumberStatusCallback = Host + "leg",
            CallerId = "+18005551212",
            Timeout = 30,
            AnswerOnBridge = true,
            Action = Host + "dial-action",
            Record = "record-from-answer-dual",
            RecordingTrack = "both",
            Trim = "do-not-trim",
            RecordingCallback = Callback,
        }),
        ["record-verb-voicemail"] = new VoiceResponse()
            .Say("Leave a message after the tone.", "en-US")
            .Record(new RecordVerb
            {
                Action = Host + "record-action",
                MaxLength = 3600,
                Timeout = 5,
                FinishOnKey = "#",
                PlayBeep = true,
                Trim = "do-not-trim",
                Callback = Callback,
            })
            .Hangup(),
        ["stop-stream"] = new VoiceResponse().StopStream("burqi-CA1"),
        ["empty"] = new VoiceResponse(),
        ["hangup"] = new VoiceResponse().Hangup(),
        ["reject-busy"] = new VoiceResponse().Reject("busy"),
    };

    public static TheoryData<string, string> Samples()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Vectors", "twiml-samples.json")));
        var samples = new TheoryData<string, string>();
        foreach (var sample in document.RootElement.GetProperty("samples").EnumerateArray())
        {
            samples.Add(sample.GetProperty("name").GetString()!, sample.GetProperty("xml").GetString()!);
        }

        return samples;
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Build_Sample_IsTheSameXml(string name, string xml)
    {
        var ours = Encoding.UTF8.GetString(Ours[name].ToDocument().Body.Span);

        VoiceEndpointTests.ShouldBeSameXml(XDocument.Parse(ours), xml);
    }

    [Fact]
    public void Samples_OfTheFile_AreAllBuilt() => Samples().Select(sample => sample.Data.Item1).ShouldBe(Ours.Keys, ignoreOrder: true);
}
