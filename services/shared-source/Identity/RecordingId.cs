using System.Security.Cryptography;
using System.Text;

namespace Burqi.Identity;

/// <summary>
/// A recording's id: the UUIDv5 (RFC 9562 §5.5) over provider, call id, the provider's recording or stream id and the recording type.
/// Whoever sees the same recording twice, in whichever process, computes the same id, so every consumer can upsert by it.
/// </summary>
internal static class RecordingId
{
    /// <summary>Burqi's namespace for recordings. It never changes: every id ever stored was made with it.</summary>
    private static readonly Guid RecordingsNamespace = new("6f1c0e0a-9a53-4c3f-8d57-5f2b7a6a1f0e");

    // A line feed stands in none of the parts, so no two different lists of parts join to the same name.
    private const char Separator = '\n';

    public static Guid Create(string provider, string callId, string providerRecordingOrStreamId, string recordingType)
    {
        var name = Encoding.UTF8.GetBytes(string.Join(Separator, provider, callId, providerRecordingOrStreamId, recordingType));

        var input = new byte[16 + name.Length];
        RecordingsNamespace.TryWriteBytes(input, bigEndian: true, out _);
        name.CopyTo(input, 16);

        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 9562 fixes SHA-1 for version 5: it spreads names here, it protects nothing.
        SHA1.HashData(input, hash);
#pragma warning restore CA5350

        var id = hash[..16];
        id[6] = (byte)((id[6] & 0x0F) | 0x50);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}
