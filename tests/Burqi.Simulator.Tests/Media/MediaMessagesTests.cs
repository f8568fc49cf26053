using System.Text.Json;
using Burqi.Simulator.Media;

namespace Burqi.Simulator.Tests.Media;

public sealed class MediaMessagesTests
{
    [Fact]
    public void Write_EveryMessageOfTheDocumentedTranscripts_IsTheSameJson()
    {
        var vectors = Vectors.Read("twilio-media-stream");
        var documented = vectors.GetProperty("streams").EnumerateArray().SelectMany(s => s.GetProperty("messages").EnumerateArray())
            .Concat(vectors.GetProperty("otherTwilioMessages").EnumerateArray()).ToList();

        documented.Select(m => m.GetProperty("event").GetString()).Distinct().ShouldBe(["connected", "start", "media", "stop", "dtmf", "mark"], ignoreOrder: true);
        foreach (var expected in documented)
        {
            var written = JsonDocument.Parse(WriteLike(expected)).RootElement;
            JsonElement.DeepEquals(written, expected).ShouldBeTrue($"{written} is not {expected}");
        }
    }

    private static byte[] WriteLike(JsonElement message)
    {
        string Text(params string[] path) => path.Aggregate(message, (element, name) => element.GetProperty(name)).GetString()!;
        long Number(params string[] path) => long.Parse(Text(path), System.Globalization.CultureInfo.InvariantCulture);
        return Text("event") switch
        {
            "connected" => MediaMessages.Connected(),
            "start" => MediaMessages.Start(
                Number("sequenceNumber"),
                Text("start", "accountSid"),
                Text("start", "callSid"),
                new SimulatedStream(
                    Text("streamSid"), null, "wss://a.example/s", twoWay: false,
                    [.. message.GetProperty("start").GetProperty("tracks").EnumerateArray().Select(t => t.GetString()!)]),
                [.. message.GetProperty("start").GetProperty("customParameters").EnumerateObject().Select(p => KeyValuePair.Create(p.Name, p.Value.GetString()!))]),
            "media" => MediaMessages.Media(
                Text("streamSid"),
                new SentFrame(
                    Text("media", "track"), Number("media", "timestamp"), Number("media", "chunk"), Number("sequenceNumber"),
                    message.GetProperty("media").GetProperty("payload").GetBytesFromBase64())),
            "dtmf" => MediaMessages.Dtmf(Number("sequenceNumber"), Text("streamSid"), Text("dtmf", "digit")[0]),
            "mark" => MediaMessages.Mark(Number("sequenceNumber"), Text("streamSid"), Text("mark", "name")),
            "stop" => MediaMessages.Stop(Number("sequenceNumber"), Text("stop", "accountSid"), Text("stop", "callSid"), Text("streamSid")),
            var other => throw new InvalidOperationException(other),
        };
    }
}
