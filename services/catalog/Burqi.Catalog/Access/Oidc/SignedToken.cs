using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Burqi.Catalog.Access.Oidc;

/// <summary>
/// A JWT in the compact form (RFC 7519, RFC 7515 §7.1), signed with RS256 or ES256. Nothing of it is believed before its signature was checked;
/// its issuer is looked at before, so that nobody's keys are fetched for a token of somebody else.
/// </summary>
internal sealed class SignedToken
{
    public const string Rs256 = "RS256";
    public const string Es256 = "ES256";

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    private readonly byte[] signed;
    private readonly byte[] signature;
    private readonly JsonElement claims;

    private SignedToken(string algorithm, string? keyId, string? issuer, byte[] signed, byte[] signature, JsonElement claims)
    {
        Algorithm = algorithm;
        KeyId = keyId;
        ClaimedIssuer = issuer;
        this.signed = signed;
        this.signature = signature;
        this.claims = claims;
    }

    public string Algorithm { get; }

    /// <summary>Which of the issuer's keys it says it is signed with; null: it does not say.</summary>
    public string? KeyId { get; }

    /// <summary>Who says to have issued it.</summary>
    public string? ClaimedIssuer { get; }

    /// <summary>Takes a token apart; null where it is none that could be good.</summary>
    public static SignedToken? Parse(string text)
    {
        if (text.Split('.') is not [{ Length: > 0 } header, { Length: > 0 } payload, { Length: > 0 } signature]
            || Decode(header) is not { } headerBytes || Decode(payload) is not { } payloadBytes || Decode(signature) is not { } signatureBytes)
        {
            return null;
        }

        try
        {
            using var head = JsonDocument.Parse(headerBytes, Strict);
            using var body = JsonDocument.Parse(payloadBytes, Strict);
            // One of two algorithms with public keys. What a header calls critical we do not understand (RFC 7515 §4.1.11), and what is a token
            // for something else says so in its type: an access token's is "at+jwt" or "JWT".
            return head.RootElement is { ValueKind: JsonValueKind.Object } fields && body.RootElement is { ValueKind: JsonValueKind.Object } claims
                && Text(fields, "alg") is Rs256 or Es256 && !fields.TryGetProperty("crit", out _)
                && (Text(fields, "typ") is not { } type || type.ToUpperInvariant() is "JWT" or "AT+JWT" or "APPLICATION/AT+JWT")
                    ? new SignedToken(
                        Text(fields, "alg")!, Text(fields, "kid"), Text(claims, "iss"), Encoding.ASCII.GetBytes($"{header}.{payload}"), signatureBytes, claims.Clone())
                    : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The claims, if the token was signed with this key.</summary>
    public JsonElement? Verify(AsymmetricAlgorithm key) => key switch
    {
        RSA rsa when Algorithm == Rs256 => rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) ? claims : null,
        ECDsa curve when Algorithm == Es256 => curve.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation) ? claims : null,
        _ => null,
    };

    /// <summary>A member that is a text.</summary>
    /// <exception cref="InvalidOperationException">It is none of Unicode.</exception>
    public static string? Text(JsonElement fields, string name) =>
        fields.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? Decode(string base64Url) => Base64Url.IsValid(base64Url) ? Base64Url.DecodeFromChars(base64Url) : null;
}
