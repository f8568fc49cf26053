using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace Burqi.Load.Generator;

/// <summary>
/// Writes one call's messages as Twilio does, each a masked WebSocket frame. The mask is zero, which the protocol allows: the text is
/// written once, where it leaves.
/// </summary>
internal sealed class FrameWriter
{
    private const byte Text = 0x81;
    private const byte Close = 0x88;
    private const byte Masked = 0x80;
    private const byte Length16 = 126;
    private const int LongHeader = 8;

    private static readonly byte[][] TrackNames = ["inbound"u8.ToArray(), "outbound"u8.ToArray()];

    private readonly byte[] end;
    private readonly int call;
    private readonly int tracks;
    private long sequence;

    public FrameWriter(int call, string run, int tracks = 2)
    {
        this.call = call;
        this.tracks = tracks;
        CallSid = $"CA{run}{call:x8}";
        StreamSid = $"MZ{run}{call:x8}";
        AccountSid = $"AC{new string('0', 32)}";
        end = Encoding.ASCII.GetBytes($"\"}},\"streamSid\":\"{StreamSid}\"}}");
    }

    /// <summary>The number of the last message.</summary>
    public long Sequence => sequence;

    public string CallSid { get; }

    public string StreamSid { get; }

    public string AccountSid { get; }

    /// <summary>Room for one media message.</summary>
    public const int MaxMediaBytes = 512;

    /// <summary><c>connected</c> and <c>start</c>.</summary>
    public byte[] Greeting(string parameters = "")
    {
        sequence++;
        return
        [
            .. Frame("""{"event":"connected","protocol":"Call","version":"1.0.0"}"""),
            .. Frame(
                $$$"""{"event":"start","sequenceNumber":"{{{sequence}}}","start":{"accountSid":"{{{AccountSid}}}","streamSid":"{{{StreamSid}}}","callSid":"{{{CallSid}}}","tracks":[{{{(tracks == 1 ? "\"inbound\"" : "\"inbound\",\"outbound\"")}}}],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{ {{{parameters}}} }},"streamSid":"{{{StreamSid}}}"}"""),
        ];
    }

    /// <summary><c>stop</c> and the close.</summary>
    public byte[] Farewell()
    {
        sequence++;
        return
        [
            .. Frame($$"""{"event":"stop","sequenceNumber":"{{sequence}}","stop":{"accountSid":"{{AccountSid}}","callSid":"{{CallSid}}"},"streamSid":"{{StreamSid}}"}"""),
            Close, Masked | 2, 0, 0, 0, 0, 0x03, 0xE8,
        ];
    }

    /// <summary>Writes a track's frame and returns how many bytes it took.</summary>
    public int WriteMedia(Span<byte> destination, int track, long frame)
    {
        var text = destination[LongHeader..];
        var length = 0;
        Append(text, ref length, "{\"event\":\"media\",\"sequenceNumber\":\""u8);
        Append(text, ref length, ++sequence);
        Append(text, ref length, "\",\"media\":{\"track\":\""u8);
        Append(text, ref length, TrackNames[track]);
        Append(text, ref length, "\",\"chunk\":\""u8);
        Append(text, ref length, frame + 1);
        Append(text, ref length, "\",\"timestamp\":\""u8);
        Append(text, ref length, frame * 20);
        Append(text, ref length, "\",\"payload\":\""u8);
        Append(text, ref length, FrameBank.Payload(call, track, frame));
        Append(text, ref length, end);
        WriteHeader(destination, length);
        return LongHeader + length;
    }

    private static byte[] Frame(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length < Length16)
        {
            return [Text, (byte)(Masked | bytes.Length), 0, 0, 0, 0, .. bytes];
        }

        var frame = new byte[LongHeader + bytes.Length];
        WriteHeader(frame, bytes.Length);
        bytes.CopyTo(frame, LongHeader);
        return frame;
    }

    private static void WriteHeader(Span<byte> destination, int length)
    {
        destination[0] = Text;
        destination[1] = Masked | Length16;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)length);
        destination[4..LongHeader].Clear();
    }

    private static void Append(Span<byte> text, ref int length, ReadOnlySpan<byte> part)
    {
        part.CopyTo(text[length..]);
        length += part.Length;
    }

    private static void Append(Span<byte> text, ref int length, long number)
    {
        Utf8Formatter.TryFormat(number, text[length..], out var written);
        length += written;
    }
}
