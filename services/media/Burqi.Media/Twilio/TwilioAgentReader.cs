using System.Buffers;
using System.Text;
using System.Text.Json;
using Burqi.Media.Audio;
using Burqi.Media.Streams;
using Burqi.Media.Tee;

namespace Burqi.Media.Twilio;

/// <summary>
/// Reads what an agent sends to Twilio (https://www.twilio.com/docs/voice/media-streams/websocket-messages#send-websocket-messages-to-twilio):
/// as much of it as says what the caller hears.
/// </summary>
internal sealed class TwilioAgentReader(string streamSid) : IAgentMessageReader
{
    /// <summary>20 ms; agents send far longer pieces as well.</summary>
    private const int UsualPayload = 160;

    /// <summary>What a long piece needed is not kept.</summary>
    private const int LongestKept = 32 * 1024;

    private readonly byte[] _streamSid = Encoding.ASCII.GetBytes(streamSid);
    private readonly PayloadBuffer _payload = new(UsualPayload);
    private short[] _samples = ArrayPool<short>.Shared.Rent(UsualPayload);

    public AgentMessage Read(ReadOnlySpan<byte> message)
    {
        try
        {
            return ReadMessage(message);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON, or a text that is not UTF-8: what it means is the provider's affair.
            return default;
        }
    }

    public void Dispose()
    {
        _payload.Dispose();
        Rent(0);
    }

    private AgentMessage ReadMessage(ReadOnlySpan<byte> message)
    {
        var json = new Utf8JsonReader(message);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            return default;
        }

        var kind = AgentMessageKind.Other;
        var hasPayload = false;
        ReadOnlySpan<byte> mark = default;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("event"u8))
            {
                json.Read();
                kind = json.TokenType != JsonTokenType.String ? AgentMessageKind.Other
                    : json.ValueTextEquals("media"u8) ? AgentMessageKind.Audio
                    : json.ValueTextEquals("clear"u8) ? AgentMessageKind.Clear
                    : json.ValueTextEquals("mark"u8) ? AgentMessageKind.Mark
                    : AgentMessageKind.Other;
                json.Skip();
            }
            else if (json.ValueTextEquals("streamSid"u8))
            {
                json.Read();
                if (json.TokenType == JsonTokenType.String && !json.ValueTextEquals(_streamSid))
                {
                    // Another stream's: the provider plays it to nobody here.
                    return default;
                }

                json.Skip();
            }
            else if (json.ValueTextEquals("media"u8))
            {
                json.Read();
                hasPayload = ReadMedia(ref json);
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

        json.Read();
        return kind switch
        {
            AgentMessageKind.Audio when !hasPayload => default,
            AgentMessageKind.Audio => new() { Kind = kind, Samples = Decode() },
            _ => new() { Kind = kind, Mark = mark },
        };
    }

    private bool ReadMedia(ref Utf8JsonReader json)
    {
        var decoded = false;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return false;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isPayload = json.ValueTextEquals("payload"u8);
            json.Read();
            decoded |= isPayload && json.TokenType == JsonTokenType.String && _payload.TryDecode(ref json);
            json.Skip();
        }

        return decoded;
    }

    private ReadOnlySpan<short> Decode()
    {
        var payload = _payload.Bytes;
        if (_samples.Length < payload.Length || (_samples.Length > LongestKept && payload.Length <= LongestKept))
        {
            Rent(payload.Length);
        }

        MuLaw.Decode(payload, _samples);
        return _samples.AsSpan(0, payload.Length);
    }

    private void Rent(int length)
    {
        var samples = _samples;
        _samples = length == 0 ? [] : ArrayPool<short>.Shared.Rent(length);
        if (samples.Length > 0)
        {
            ArrayPool<short>.Shared.Return(samples);
        }
    }
}
