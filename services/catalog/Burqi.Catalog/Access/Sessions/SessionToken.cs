using System.Buffers.Text;
using System.Security.Cryptography;

namespace Burqi.Catalog.Access.Sessions;

/// <summary>What stands in a session's cookie: random bytes and an HMAC of them, so that one that is made up is refused before anything is asked of the database.</summary>
internal static class SessionToken
{
    private const int RandomSize = 32;

    // Half of the HMAC is more than anybody can guess by asking us, and with it 48 bytes are exactly 64 characters: there is one way to write each token.
    private const int SignatureSize = 16;
    private const int Size = RandomSize + SignatureSize;
    private const int Length = Size / 3 * 4;

    public static string New(ReadOnlySpan<byte> secret)
    {
        Span<byte> token = stackalloc byte[Size];
        RandomNumberGenerator.Fill(token[..RandomSize]);
        Sign(token[..RandomSize], secret, token[RandomSize..]);
        return Base64Url.EncodeToString(token);
    }

    /// <summary>Whether the token was signed with the secret.</summary>
    public static bool IsSigned(string text, ReadOnlySpan<byte> secret)
    {
        Span<byte> token = stackalloc byte[Size];
        if (text.Length != Length || !Base64Url.TryDecodeFromChars(text, token, out var written) || written != Size)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[SignatureSize];
        Sign(token[..RandomSize], secret, expected);
        return CryptographicOperations.FixedTimeEquals(expected, token[RandomSize..]);
    }

    private static void Sign(ReadOnlySpan<byte> random, ReadOnlySpan<byte> secret, Span<byte> signature)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, random, whole);
        whole[..SignatureSize].CopyTo(signature);
    }
}
