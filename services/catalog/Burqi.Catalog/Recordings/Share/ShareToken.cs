using System.Buffers.Text;
using System.Security.Cryptography;

namespace Burqi.Catalog.Recordings.Share;

/// <summary>What stands in a share link's address: the link's id and an HMAC of it, so that a guess is refused before anything is asked of the database.</summary>
internal static class ShareToken
{
    private const int IdSize = 16;
    private const int Size = IdSize + HMACSHA256.HashSizeInBytes;

    /// <summary>48 bytes are exactly 64 characters: there is one way to write each token.</summary>
    private const int Length = Size / 3 * 4;

    public static string Of(Guid id, ReadOnlySpan<byte> secret)
    {
        Span<byte> token = stackalloc byte[Size];
        id.TryWriteBytes(token, bigEndian: true, out _);
        Sign(token[..IdSize], secret, token[IdSize..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>The id of the link; null where the token is not one that was signed with the secret.</summary>
    public static Guid? Read(string text, ReadOnlySpan<byte> secret)
    {
        Span<byte> token = stackalloc byte[Size];
        if (text.Length != Length || !Base64Url.TryDecodeFromChars(text, token, out var written) || written != Size)
        {
            return null;
        }

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Sign(token[..IdSize], secret, expected);
        return CryptographicOperations.FixedTimeEquals(expected, token[IdSize..]) ? new Guid(token[..IdSize], bigEndian: true) : null;
    }

    private static void Sign(ReadOnlySpan<byte> id, ReadOnlySpan<byte> secret, Span<byte> signature)
    {
        // The name keeps what is signed here from being good for anything else.
        ReadOnlySpan<byte> purpose = "burqi share link\0"u8;
        Span<byte> message = stackalloc byte[purpose.Length + IdSize];
        purpose.CopyTo(message);
        id.CopyTo(message[purpose.Length..]);
        HMACSHA256.HashData(secret, message, signature);
    }
}
