using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Burqi.Streams;

/// <summary>
/// What binds a media stream to the call it was given to: ingress puts it into the TwiML, the provider hands it on in the stream's
/// <c>start</c>, and media accepts the stream for that very call and assistant alone. Written
/// <c>1.{expiry, Unix seconds}.{nonce, 16 hexadecimal digits}.{assistant id, base64url}.{HMAC-SHA256, base64url}</c>. A secret to whoever
/// does not carry the call: never logged.
/// </summary>
/// <param name="AssistantId">The assistant that takes the call; null where none does.</param>
/// <param name="Nonce">Tells this token from any other: what one socket at a time may hold.</param>
/// <param name="ExpiresAt">From when on it is worth nothing (UTC, whole seconds).</param>
internal sealed record StreamToken(string? AssistantId, string Nonce, DateTimeOffset ExpiresAt)
{
    /// <summary>How long a token made now is good for: as long as the longest call that Twilio carries by default.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(4);

    /// <summary>Longer than any token of ours, whose assistant ids have at most 128 characters.</summary>
    private const int LongestToken = 512;

    private const string Version = "1";
    private const int NonceLength = 16;

    /// <summary>
    /// The key: HKDF-SHA256 of <c>BURQI_STREAM_SECRET</c> where it is set, else of <c>TWILIO_AUTH_TOKEN</c>; null where neither is, and so
    /// no token can be made or checked.
    /// </summary>
    public static byte[]? DeriveKey(string? streamSecret, string? authToken)
    {
        var secret = string.IsNullOrWhiteSpace(streamSecret) ? authToken : streamSecret;
        return string.IsNullOrWhiteSpace(secret)
            ? null
            : HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret.Trim()), HMACSHA256.HashSizeInBytes, salt: null, "burqi stream token"u8.ToArray());
    }

    /// <summary>A new token for one call.</summary>
    /// <param name="key">See <see cref="DeriveKey"/>.</param>
    /// <param name="provider">Whose platform carries the call.</param>
    /// <param name="callId">The provider's id of the call.</param>
    /// <param name="assistantId">The assistant that takes the call; null where none does.</param>
    /// <param name="expiresAt">From when on the token is worth nothing.</param>
    public static string Create(byte[] key, string provider, string callId, string? assistantId, DateTimeOffset expiresAt)
    {
        var expiry = expiresAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var nonce = RandomNumberGenerator.GetHexString(NonceLength, lowercase: true);
        var assistant = assistantId ?? "";
        return string.Join(
            '.',
            Version,
            expiry,
            nonce,
            Base64Url.EncodeToString(Encoding.UTF8.GetBytes(assistant)),
            Base64Url.EncodeToString(Mac(key, provider, callId, assistant, expiry, nonce)));
    }

    /// <summary>Whether <paramref name="token"/> was made with this key for this very call, and is still good at <paramref name="now"/>.</summary>
    public static bool TryRead(
        byte[] key,
        string? token,
        string provider,
        string callId,
        DateTimeOffset now,
        [NotNullWhen(true)] out StreamToken? read)
    {
        read = null;
        if (token is not { Length: <= LongestToken } || token.Split('.') is not [Version, var expiry, { Length: NonceLength } nonce, var encoded, var mac])
        {
            return false;
        }

        if (Decode(encoded) is not { } name || Decode(mac) is not { } given)
        {
            return false;
        }

        // Nothing of the token is believed, its expiry included, before the whole of it is known to be ours.
        var assistant = Encoding.UTF8.GetString(name);
        if (!CryptographicOperations.FixedTimeEquals(given, Mac(key, provider, callId, assistant, expiry, nonce))
            || !long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds <= now.ToUnixTimeSeconds())
        {
            return false;
        }

        read = new StreamToken(assistant.Length > 0 ? assistant : null, nonce, DateTimeOffset.FromUnixTimeSeconds(seconds));
        return true;
    }

    // Invalid input is told beforehand: the Try of TryDecodeFromChars is about room alone.
    private static byte[]? Decode(string base64Url) => Base64Url.IsValid(base64Url) ? Base64Url.DecodeFromChars(base64Url) : null;

    // A line feed stands in none of the parts: ids are checked before they come here.
    private static byte[] Mac(byte[] key, string provider, string callId, string assistantId, string expiry, string nonce) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(string.Join('\n', "burqi-stream", provider, callId, assistantId, expiry, nonce)));
}
