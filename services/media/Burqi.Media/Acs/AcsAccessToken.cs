using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Burqi.Media.Acs;

/// <summary>
/// The bearer token with which ACS opens a socket: a JWT signed with RS256 (RFC 7519, RFC 7518 §3.3). Nothing of it is believed before its
/// signature was checked.
/// </summary>
internal sealed class AcsAccessToken
{
    public const string Issuer = "https://acscallautomation.communication.azure.com";

    /// <summary>Several times a real one.</summary>
    private const int LongestToken = 8 * 1024;

    /// <summary>How far the issuer's clock and ours may be apart.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    private readonly byte[] _signed;
    private readonly byte[] _signature;
    private readonly string _payload;

    private AcsAccessToken(string keyId, byte[] signed, byte[] signature, string payload)
    {
        KeyId = keyId;
        _signed = signed;
        _signature = signature;
        _payload = payload;
    }

    /// <summary>Which of the issuer's keys it says it is signed with.</summary>
    public string KeyId { get; }

    /// <summary>Takes a token apart; false when it is none that could be good.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out AcsAccessToken? token)
    {
        token = null;
        if (text is not { Length: > 0 and <= LongestToken }
            || text.Split('.') is not [{ Length: > 0 } header, { Length: > 0 } payload, { Length: > 0 } signature]
            || Decode(header) is not { } headerBytes
            || Decode(signature) is not { } signatureBytes)
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(headerBytes);

            // Exactly this algorithm: a token must not choose how it is checked.
            if (document.RootElement is { ValueKind: JsonValueKind.Object } fields && Text(fields, "alg") == "RS256" && Text(fields, "kid") is { Length: > 0 } keyId)
            {
                token = new AcsAccessToken(keyId, Encoding.ASCII.GetBytes($"{header}.{payload}"), signatureBytes, payload);
            }
        }
        catch (JsonException)
        {
            // No token either.
        }

        return token is not null;
    }

    /// <summary>Whether it was signed with <paramref name="key"/>, by ACS, for this resource, and is good at <paramref name="now"/>.</summary>
    public bool IsValid(RSAParameters key, string audience, DateTimeOffset now)
    {
        using var rsa = RSA.Create(key);
        if (!rsa.VerifyData(_signed, _signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) || Decode(_payload) is not { } bytes)
        {
            return false;
        }

        try
        {
            using var document = JsonDocument.Parse(bytes);
            var claims = document.RootElement;
            return claims.ValueKind == JsonValueKind.Object
                && Text(claims, "iss") == Issuer
                && IsFor(claims, audience)
                && Time(claims, "exp") is { } expires && now < expires + ClockSkew
                && (!claims.TryGetProperty("nbf", out _) || (Time(claims, "nbf") is { } begins && now >= begins - ClockSkew));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsFor(JsonElement claims, string audience)
    {
        if (!claims.TryGetProperty("aud", out var value))
        {
            return false;
        }

        // Ids of resources are GUIDs, which Azure writes in either case.
        return value.ValueKind switch
        {
            JsonValueKind.String => string.Equals(value.GetString(), audience, StringComparison.OrdinalIgnoreCase),
            JsonValueKind.Array => value.EnumerateArray().Any(
                one => one.ValueKind == JsonValueKind.String && string.Equals(one.GetString(), audience, StringComparison.OrdinalIgnoreCase)),
            _ => false,
        };
    }

    private static string? Text(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static DateTimeOffset? Time(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetDouble(out var seconds)
        && seconds is > 0 and < 1e11
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds)
            : null;

    private static byte[]? Decode(string base64Url) => Base64Url.IsValid(base64Url) ? Base64Url.DecodeFromChars(base64Url) : null;
}
