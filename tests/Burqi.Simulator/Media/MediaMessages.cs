using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Burqi.Simulator.Media;

/// <summary>
/// The messages of a media stream: sequence number, chunk and timestamp are strings, the media format's numbers are numbers
/// (https://www.twilio.com/docs/voice/media-streams/websocket-messages).
/// </summary>
internal static class MediaMessages
{
    public static byte[] Connected() => """{"event":"connected","protocol":"Call","version":"1.0.0"}"""u8.ToArray();

    public static byte[] Start(
        long sequenceNumber, string accountSid, string callSid, SimulatedStream stream, IReadOnlyList<KeyValuePair<string, string>> parameters) =>
        Write("start", sequenceNumber, stream.StreamSid, json =>
        {
            json.WriteStartObject("start");
            json.WriteString("accountSid", accountSid);
            json.WriteString("streamSid", stream.StreamSid);
            json.WriteString("callSid", callSid);
            json.WriteStartArray("tracks");
            foreach (var track in stream.Tracks)
            {
                json.WriteStringValue(track);
            }

            json.WriteEndArray();
            json.WriteStartObject("mediaFormat");
            json.WriteString("encoding", "audio/x-mulaw");
            json.WriteNumber("sampleRate", 8000);
            json.WriteNumber("channels", 1);
            json.WriteEndObject();
            json.WriteStartObject("customParameters");
            foreach (var (name, value) in parameters)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        });

    // Put together by hand: thousands of these a second go out under load, and nothing in them needs escaping.
    public static byte[] Media(string streamSid, SentFrame frame) => Encoding.ASCII.GetBytes(
        $$"""{"event":"media","sequenceNumber":"{{frame.SequenceNumber}}","media":{"track":"{{frame.Track}}","chunk":"{{frame.Chunk}}","timestamp":"{{frame.Timestamp}}","payload":"{{Convert.ToBase64String(frame.Payload.Span)}}"},"streamSid":"{{streamSid}}"}""");

    public static byte[] Dtmf(long sequenceNumber, string streamSid, char digit) => Write("dtmf", sequenceNumber, streamSid, json =>
    {
        json.WriteStartObject("dtmf");
        // Spelt as in TwiML here, unlike the track of a media message.
        json.WriteString("track", "inbound_track");
        json.WriteString("digit", digit.ToString());
        json.WriteEndObject();
    });

    public static byte[] Mark(long sequenceNumber, string streamSid, string name) => Write("mark", sequenceNumber, streamSid, json =>
    {
        json.WriteStartObject("mark");
        json.WriteString("name", name);
        json.WriteEndObject();
    });

    public static byte[] Stop(long sequenceNumber, string accountSid, string callSid, string streamSid) =>
        Write("stop", sequenceNumber, streamSid, json =>
        {
            json.WriteStartObject("stop");
            json.WriteString("accountSid", accountSid);
            json.WriteString("callSid", callSid);
            json.WriteEndObject();
        });

    private static byte[] Write(string name, long sequenceNumber, string streamSid, Action<Utf8JsonWriter> body)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("event", name);
            json.WriteString("sequenceNumber", sequenceNumber.ToString(System.Globalization.CultureInfo.InvariantCulture));
            body(json);
            json.WriteString("streamSid", streamSid);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
