using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Text.Json;
using Burqi.Contracts;
using Burqi.Media.Audio;
using Burqi.Media.Streams;

namespace Burqi.Media.Twilio;

/// <summary>
/// Reads Twilio's Media Streams messages (https://www.twilio.com/docs/voice/media-streams/websocket-messages). Nothing is allocated for a
/// frame: the payload is decoded from base64 and then from mu-law into the reader's own memory.
/// </summary>
internal sealed class TwilioMediaReader : IMediaMessageReader
{
    private const int SampleRate = 8000;

    /// <summary>20 ms, in bytes and in samples.</summary>
    private const int UsualPayload = 160;

    /// <summary>Our own tokens and assistants' ids are shorter.</summary>
    private const int LongestParameter = 512;

    /// <summary>Far beyond any call, and small enough that a position in samples never overflows.</summary>
    private const long MaxTimestampMs = 1L << 50;

    private readonly byte[] _streamSid = new byte[TwilioSid.Length];
    private readonly PayloadBuffer _payload = new(UsualPayload);
    private bool _started;
    private short[] _samples = ArrayPool<short>.Shared.Rent(UsualPayload);

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

    public void Dispose()
    {
        _payload.Dispose();
        var samples = _samples;
        _samples = [];
        if (samples.Length > 0)
        {
            ArrayPool<short>.Shared.Return(samples);
        }
    }

    private MediaMessage ReadMessage(ReadOnlySpan<byte> message)
    {
        var json = new Utf8JsonReader(message);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            return MediaMessage.Malformed("it is not a JSON object");
        }

        var kind = MediaMessageKind.Other;
        var hasEvent = false;
        var sequence = MediaMessage.NoSequence;
        var frame = default(Frame);
        StreamStart? start = null;
        ReadOnlySpan<byte> mark = default;
        string? complaint = null;

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("event"u8))
            {
                hasEvent = true;
                kind = ReadKind(ref json);
            }
            else if (json.ValueTextEquals("sequenceNumber"u8))
            {
                if (!TryReadInteger(ref json, out sequence))
                {
                    complaint = "its sequenceNumber is not an integer";
                }
            }
            else if (json.ValueTextEquals("streamSid"u8))
            {
                json.Read();
                if (_started && (json.TokenType != JsonTokenType.String || !json.ValueTextEquals(_streamSid)))
                {
                    complaint = "it names another stream";
                }
                else
                {
                    json.Skip();
                }
            }
            else if (json.ValueTextEquals("media"u8))
            {
                complaint = ReadFrame(ref json, out frame) ?? complaint;
            }
            else if (json.ValueTextEquals("start"u8))
            {
                complaint = ReadStart(ref json, out start) ?? complaint;
            }
            else if (json.ValueTextEquals("mark"u8))
            {
                json.Read();
                mark = MarkName.ReadFrom(ref json);
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

        switch (kind)
        {
            case MediaMessageKind.Frame:
                return Decode(frame, sequence);
            case MediaMessageKind.Start when start is null:
                return MediaMessage.Malformed("it starts a stream without saying which");
            case MediaMessageKind.Start when !_started:
                System.Text.Encoding.ASCII.GetBytes(start!.StreamId, _streamSid);
                _started = true;
                return new() { Kind = kind, Sequence = sequence, Start = start };
            case MediaMessageKind.Start:
                return MediaMessage.Malformed("it starts the stream a second time");
            case MediaMessageKind.Other when !hasEvent:
                return MediaMessage.Malformed("it names no event");
            default:
                return new() { Kind = kind, Sequence = sequence, Mark = mark };
        }
    }

    private static MediaMessageKind ReadKind(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.String)
        {
            json.Skip();
            return MediaMessageKind.Malformed;
        }

        // Events that Twilio may add are none of a recorder's business.
        return json.ValueTextEquals("media"u8) ? MediaMessageKind.Frame
            : json.ValueTextEquals("start"u8) ? MediaMessageKind.Start
            : json.ValueTextEquals("stop"u8) ? MediaMessageKind.Stop
            : json.ValueTextEquals("mark"u8) ? MediaMessageKind.Mark
            : MediaMessageKind.Other;
    }

    /// <summary>Twilio writes its integers as strings; a number is taken as well.</summary>
    private static bool TryReadInteger(ref Utf8JsonReader json, out long value)
    {
        json.Read();
        value = MediaMessage.NoSequence;
        if (json.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
        {
            json.Skip();
            return false;
        }

        return Utf8Parser.TryParse(json.ValueSpan, out value, out var consumed) && consumed == json.ValueSpan.Length && value >= 0;
    }

    private string? ReadFrame(ref Utf8JsonReader json, out Frame frame)
    {
        frame = default;
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return "its media is not an object";
        }

        string? complaint = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("track"u8))
            {
                json.Read();
                if (TryReadTrack(ref json, out var track))
                {
                    frame = frame with { Track = track, HasTrack = true };
                }
                else
                {
                    complaint = "its track is neither inbound nor outbound";
                }
            }
            else if (json.ValueTextEquals("timestamp"u8))
            {
                if (TryReadInteger(ref json, out var timestamp) && timestamp <= MaxTimestampMs)
                {
                    frame = frame with { TimestampMs = timestamp, HasTimestamp = true };
                }
                else
                {
                    complaint = "its timestamp is not a number of milliseconds";
                }
            }
            else if (json.ValueTextEquals("payload"u8))
            {
                json.Read();
                if (json.TokenType != JsonTokenType.String)
                {
                    json.Skip();
                    complaint = "its payload is not a string";
                }
                else if (_payload.TryDecode(ref json))
                {
                    frame = frame with { HasPayload = true };
                }
                else
                {
                    complaint = "its payload is not base64";
                }
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        return complaint;
    }

    /// <summary>Frames say "inbound", TwiML says "inbound_track": either is understood.</summary>
    private static bool TryReadTrack(ref Utf8JsonReader json, out MediaTrack track)
    {
        track = MediaTrack.User;
        if (json.TokenType != JsonTokenType.String)
        {
            json.Skip();
            return false;
        }

        if (json.ValueTextEquals("outbound"u8) || json.ValueTextEquals("outbound_track"u8))
        {
            track = MediaTrack.Assistant;
            return true;
        }

        return json.ValueTextEquals("inbound"u8) || json.ValueTextEquals("inbound_track"u8);
    }

    private MediaMessage Decode(Frame frame, long sequence)
    {
        if (!frame.HasTrack || !frame.HasTimestamp || !frame.HasPayload)
        {
            return MediaMessage.Malformed("its media lacks a track, a timestamp or a payload");
        }

        var payload = _payload.Bytes;
        if (_samples.Length < payload.Length)
        {
            ArrayPool<short>.Shared.Return(_samples);
            _samples = ArrayPool<short>.Shared.Rent(payload.Length);
        }

        MuLaw.Decode(payload, _samples);
        return new()
        {
            Kind = MediaMessageKind.Frame,
            Sequence = sequence,
            Track = frame.Track,
            TimestampMs = frame.TimestampMs,
            Samples = _samples.AsSpan(0, payload.Length),
        };
    }

    /// <summary>A start comes once a stream, so this may allocate.</summary>
    private static string? ReadStart(ref Utf8JsonReader json, out StreamStart? start)
    {
        start = null;
        json.Read();
        using var document = JsonDocument.ParseValue(ref json);
        var fields = document.RootElement;
        if (fields.ValueKind != JsonValueKind.Object)
        {
            return "its start is not an object";
        }

        var callSid = Text(fields, "callSid");
        var streamSid = Text(fields, "streamSid");
        var accountSid = Text(fields, "accountSid");
        if (!TwilioSid.IsValid(callSid, "CA") || !TwilioSid.IsValid(streamSid, "MZ") || (accountSid is not null && !TwilioSid.IsValid(accountSid, "AC")))
        {
            return "it starts a stream without valid ids";
        }

        if (fields.TryGetProperty("mediaFormat", out var format) && !IsTelephoneAudio(format))
        {
            return "it starts a stream that is not mu-law of 8 kHz and one channel";
        }

        start = new StreamStart
        {
            Provider = Providers.Twilio,
            CallId = callSid!,
            StreamId = streamSid!,
            AccountId = accountSid,
            SampleRate = SampleRate,
            Tracks = ReadTracks(fields),
            TraceParent = Parameter(fields, "traceparent") is { } traceParent && ActivityContext.TryParse(traceParent, null, out _) ? traceParent : null,
            Token = Parameter(fields, "token"),
            ClaimedAssistantId = Parameter(fields, "assistant_id"),
        };
        return null;
    }

    private static bool IsTelephoneAudio(JsonElement format) =>
        format.ValueKind == JsonValueKind.Object
        && Text(format, "encoding") == "audio/x-mulaw"
        && IsNumber(format, "sampleRate", SampleRate)
        && IsNumber(format, "channels", 1);

    private static List<MediaTrack> ReadTracks(JsonElement fields)
    {
        var tracks = new List<MediaTrack>();
        if (fields.TryGetProperty("tracks", out var names) && names.ValueKind == JsonValueKind.Array)
        {
            foreach (var name in names.EnumerateArray())
            {
                var track = name.ValueKind == JsonValueKind.String ? name.GetString() : null;
                if (track is "inbound" or "inbound_track" && !tracks.Contains(MediaTrack.User))
                {
                    tracks.Add(MediaTrack.User);
                }
                else if (track is "outbound" or "outbound_track" && !tracks.Contains(MediaTrack.Assistant))
                {
                    tracks.Add(MediaTrack.Assistant);
                }
            }
        }

        return tracks.Count > 0 ? tracks : [MediaTrack.User, MediaTrack.Assistant];
    }

    private static string? Parameter(JsonElement fields, string name) =>
        fields.TryGetProperty("customParameters", out var parameters)
        && parameters.ValueKind == JsonValueKind.Object
        && Text(parameters, name) is { Length: > 0 and <= LongestParameter } value
            ? value
            : null;

    private static string? Text(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool IsNumber(JsonElement fields, string name, int expected) =>
        fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number == expected;

    private readonly record struct Frame(bool HasTrack, MediaTrack Track, bool HasTimestamp, long TimestampMs, bool HasPayload);
}
