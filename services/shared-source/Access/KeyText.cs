using System.Buffers.Text;
using System.Security.Cryptography;

namespace Burqi.Access;

/// <summary>What a key looks like: <c>bq_</c> and 32 random bytes in base64url, so that scanners for leaked secrets can know it.</summary>
internal static class KeyText
{
    private const string Prefix = "bq_";
    private const int Bytes = 32;
    private const int Characters = 43;

    public static string New() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static bool IsKey(string text) =>
        text.Length == Prefix.Length + Characters && text.StartsWith(Prefix, StringComparison.Ordinal) && Base64Url.IsValid(text.AsSpan(Prefix.Length));
}
