using System.Globalization;
using System.Text;

namespace Burqi.Media.Mp3;

/// <summary>An ID3v2.4 tag: what players show of a file, and what says whose call it is wherever the file goes.</summary>
internal static class Id3Tag
{
    private const byte Utf8 = 3;

    public static byte[] Create(string callId, string recordingType, DateTimeOffset startedAt)
    {
        var time = startedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        byte[] frames =
        [
            .. Frame("TIT2", $"Call {callId}, {recordingType}"),
            .. Frame("TDRC", time),
            .. Frame("TXXX", $"call_id\0{callId}"),
            .. Frame("TXXX", $"recording_type\0{recordingType}"),
        ];
        return [.. "ID3"u8, 4, 0, 0, .. SyncSafe(frames.Length), .. frames];
    }

    private static byte[] Frame(string id, string text)
    {
        byte[] content = [Utf8, .. Encoding.UTF8.GetBytes(text)];
        return [.. Encoding.ASCII.GetBytes(id), .. SyncSafe(content.Length), 0, 0, .. content];
    }

    /// <summary>Seven bits a byte: nothing in a tag's lengths looks like the beginning of audio.</summary>
    private static byte[] SyncSafe(int length) =>
        [(byte)(length >> 21 & 0x7F), (byte)(length >> 14 & 0x7F), (byte)(length >> 7 & 0x7F), (byte)(length & 0x7F)];
}
