using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Burqi.Media.Streams;
using Burqi.Media.Tee;

namespace Burqi.Media.Acs;

/// <summary>
/// Reads what an agent sends to ACS (https://learn.microsoft.com/azure/communication-services/how-tos/call-automation/audio-streaming-quickstart):
/// as much of it as says what the caller hears. Names and kinds are taken in any case: Microsoft's libraries write three.
/// </summary>
internal sealed class AcsAgentReader : IAgentMessageReader
{
    /// <summary>20 ms of 24 kHz, in bytes.</summary>
    private const int UsualPayload = 960;

    private readonly PayloadBuffer _payload = new(UsualPayload);

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

    public void Dispose() => _payload.Dispose();

    private AgentMessage ReadMessage(ReadOnlySpan<byte> message)
    {
        var json = new Utf8JsonReader(message);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
        {
            return default;
        }

        var kind = AgentMessageKind.Other;
        var hasPayload = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref json, "kind"u8))
            {
                json.Read();
                kind = json.TokenType != JsonTokenType.String ? AgentMessageKind.Other
                    : Is(ref json, "audioData"u8) ? AgentMessageKind.Audio
                    : Is(ref json, "stopAudio"u8) ? AgentMessageKind.Clear
                    : AgentMessageKind.Other;
                json.Skip();
            }
            else if (Is(ref json, "audioData"u8))
            {
                json.Read();
                hasPayload = ReadPayload(ref json);
            }
            else
            {
                json.Read();
                json.Skip();
            }
        }

        json.Read();
        if (kind != AgentMessageKind.Audio)
        {
            return new() { Kind = kind };
        }

        // A sample that is cut in two is noise to the provider as well.
        return hasPayload ? new() { Kind = kind, Samples = MemoryMarshal.Cast<byte, short>(_payload.Bytes) } : default;
    }

    private bool ReadPayload(ref Utf8JsonReader json)
    {
        var decoded = false;
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return false;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isData = Is(ref json, "data"u8);
            json.Read();
            decoded |= isData && json.TokenType == JsonTokenType.String && _payload.TryDecode(ref json);
            json.Skip();
        }

        return decoded;
    }

    private static bool Is(ref Utf8JsonReader json, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(json.ValueSpan, name);
}
