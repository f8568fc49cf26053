using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Burqi.Contracts;
using Burqi.Media.Streams;

namespace Burqi.Media.Acs;

/// <summary>
/// Reads the messages of ACS media streaming (https://learn.microsoft.com/azure/communication-services/concepts/call-automation/audio-streaming-concept).
/// Names and kinds are taken in any case, since Microsoft's own libraries do not agree on one. Nothing is allocated for a frame: the payload
/// is decoded into the reader's own memory, where it is the samples.
/// </summary>
/// <param name="callId">The call, as the upgrade told it: the messages do not.</param>
/// <param name="assistantId">The assistant that takes it, told likewise; null or empty where none does.</param>
internal sealed class AcsMediaReader(string callId, string? assistantId = null) : IMediaMessageReader
{
    /// <summary>20 ms of 24 kHz, in bytes.</summary>
    private const int UsualPayload = 960;

    /// <summary>Several times the longest ids that there are.</summary>
    private const int LongestParticipant = 256;

    private readonly PayloadBuffer _payload = new(UsualPayload);
    private readonly byte[] _participant = new byte[LongestParticipant];
    private int _participantLength;
    private int _sampleRate;

    public MediaMessage Read(ReadOnlySpan<byte> message)
    {
        try
        {
            return ReadMessage(message);
        }
        catch (JsonException)
        {
            return MediaMessage.Malformed("it is not a JSON object");
        }
        catch (InvalidOperationException)
        {
            // The JSON reader's answer to a string that is not UTF-8.
            return MediaMessage.Malformed("a text in it is not UTF-8");
        }
    }

    public void Dispose() => _payload.Dispose();

    private MediaMessage ReadMessage(ReadOnlySpan<byte> message)
    {
        var json = new Utf8JsonReader(message);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            return MediaMessage.Malformed("it is not a JSON object");
        }

        var kind = MediaMessageKind.Malformed;
        var frame = default(Frame);
        StreamStart? start = null;
        string? complaint = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref json, "kind"u8))
            {
                json.Read();
                kind = ReadKind(ref json);
                json.Skip();
            }
            else if (Is(ref json, "audioData"u8))
            {
                complaint = ReadFrame(ref json, out frame) ?? complaint;
            }
            else if (Is(ref json, "audioMetadata"u8))
            {
                complaint = ReadStart(ref json, out start) ?? complaint;
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        // A second value behind the object is an error of its own, which only a further read reveals.
        json.Read();
        if (complaint is not null)
        {
            return MediaMessage.Malformed(complaint);
        }

        return kind switch
        {
            MediaMessageKind.Malformed => MediaMessage.Malformed("it names no kind"),
            MediaMessageKind.Start when start is null => MediaMessage.Malformed("it starts a stream without saying which"),
            MediaMessageKind.Start => Begin(start),
            MediaMessageKind.Frame => Complete(frame),
            _ => new() { Kind = kind },
        };
    }

    /// <summary>Property names and values of ours hold nothing that needs an escape; one that is escaped all the same is none of ours.</summary>
    private static bool Is(ref Utf8JsonReader json, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(json.ValueSpan, name);

    private static MediaMessageKind ReadKind(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.String)
        {
            return MediaMessageKind.Malformed;
        }

        // Kinds that are of no interest to a recorder, and those that Microsoft may add.
        return Is(ref json, "audioData"u8) ? MediaMessageKind.Frame
            : Is(ref json, "audioMetadata"u8) ? MediaMessageKind.Start
            : MediaMessageKind.Other;
    }

    private string? ReadFrame(ref Utf8JsonReader json, out Frame frame)
    {
        frame = default;
        _participantLength = 0;
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return json.TokenType == JsonTokenType.Null ? null : "its audioData is not an object";
        }

        string? complaint = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref json, "data"u8))
            {
                json.Read();
                var decoded = json.TokenType == JsonTokenType.String && _payload.TryDecode(ref json);
                frame = frame with { HasPayload = decoded };
                complaint = decoded ? complaint : "its data is not base64";
                json.Skip();
            }
            else if (Is(ref json, "timestamp"u8))
            {
                json.Read();
                if (json.TokenType == JsonTokenType.String && json.TryGetDateTimeOffset(out var timestamp))
                {
                    frame = frame with { HasTimestamp = true, TimestampMs = timestamp.ToUnixTimeMilliseconds(), WholeSecond = !json.ValueSpan.Contains((byte)'.') };
                }
                else
                {
                    complaint = "its timestamp is not a time of day";
                }

                json.Skip();
            }
            else if (Is(ref json, "participantRawID"u8))
            {
                json.Read();
                complaint = ReadParticipant(ref json) ?? complaint;
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        return complaint;
    }

    private string? ReadParticipant(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (json.TokenType != JsonTokenType.String || json.ValueSpan.Length > LongestParticipant)
        {
            json.Skip();
            return "its participantRawID is not an id";
        }

        _participantLength = json.CopyString(_participant);
        return null;
    }

    private MediaMessage Complete(Frame frame)
    {
        if (!frame.HasPayload || !frame.HasTimestamp)
        {
            return MediaMessage.Malformed("its audioData lacks a timestamp or data");
        }

        var bytes = _payload.Bytes;
        if (bytes.Length % sizeof(short) != 0)
        {
            return MediaMessage.Malformed("its data ends within a sample");
        }

        // What is marked silent carries zeros, and is audio like any other: somebody was there and said nothing.
        // Samples travel as they lie in the memory of every machine .NET 10 runs on but s390x.
        return new()
        {
            Kind = MediaMessageKind.Frame,
            Sequence = MediaMessage.NoSequence,
            Track = _participantLength == 0 ? MediaTrack.Mixed : MediaTrack.Participant,
            Participant = _participant.AsSpan(0, _participantLength),
            TimestampMs = frame.TimestampMs,
            WholeSecond = frame.WholeSecond,
            Samples = MemoryMarshal.Cast<byte, short>(bytes),
        };
    }

    private MediaMessage Begin(StreamStart start)
    {
        if (_sampleRate == start.SampleRate)
        {
            // Streaming that is stopped and started again by the application says so again.
            return new() { Kind = MediaMessageKind.Other, Sequence = MediaMessage.NoSequence };
        }

        if (_sampleRate != 0)
        {
            return MediaMessage.Malformed("it changes the sample rate of the stream");
        }

        _sampleRate = start.SampleRate;
        return new() { Kind = MediaMessageKind.Start, Sequence = MediaMessage.NoSequence, Start = start };
    }

    /// <summary>Metadata comes once a stream, so this may allocate.</summary>
    private string? ReadStart(ref Utf8JsonReader json, out StreamStart? start)
    {
        start = null;
        json.Read();
        using var document = JsonDocument.ParseValue(ref json);
        var fields = document.RootElement;
        if (fields.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (fields.ValueKind != JsonValueKind.Object)
        {
            return "its audioMetadata is not an object";
        }

        var encoding = default(string);
        var subscription = default(string);
        var sampleRate = 0;
        var channels = 1;
        foreach (var field in fields.EnumerateObject())
        {
            switch (field.Name.ToUpperInvariant())
            {
                case "ENCODING":
                    encoding = Text(field.Value);
                    break;
                case "SUBSCRIPTIONID":
                    subscription = Text(field.Value);
                    break;
                case "SAMPLERATE":
                    sampleRate = Number(field.Value);
                    break;
                case "CHANNELS":
                    channels = Number(field.Value);
                    break;
                default:
                    break;
            }
        }

        if (!string.Equals(encoding, "PCM", StringComparison.OrdinalIgnoreCase) || sampleRate is not (16_000 or 24_000) || channels != 1)
        {
            return "it starts a stream that is not PCM of 16 or 24 kHz and one channel";
        }

        start = new StreamStart
        {
            Provider = Providers.Acs,
            CallId = callId,

            // Without an id that can be told from others, the stream is known by one of ours.
            StreamId = AcsId.IsValid(subscription) ? subscription! : Guid.CreateVersion7().ToString(),
            AccountId = null,
            SampleRate = sampleRate,

            // Whether the voices come mixed or apart, only the frames tell.
            Tracks = [],
            TraceParent = null,
            ClaimedAssistantId = assistantId,
            IsWallClock = true,

            // A subscription outlives its connections.
            MayComeAgain = true,
        };
        return null;
    }

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int Number(JsonElement value)
    {
        var number = 0;
        var isNumber = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetInt32(out number),
            JsonValueKind.String => int.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out number),
            _ => false,
        };
        return isNumber ? number : 0;
    }

    private readonly record struct Frame(bool HasPayload, bool HasTimestamp, long TimestampMs, bool WholeSecond);
}
