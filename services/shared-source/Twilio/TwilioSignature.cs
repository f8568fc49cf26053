using System.Security.Cryptography;
using System.Text;

namespace Burqi.Twilio;

/// <summary>
/// Checks <c>X-Twilio-Signature</c>: base64 of HMAC-SHA1, keyed with the account's primary auth token, over the URL exactly as Twilio
/// requested it and, for a form post, every distinct parameter name in ordinal order followed by its distinct values in ordinal order
/// (https://www.twilio.com/docs/usage/webhooks/webhooks-security). There is no time in it: it does not prevent a replay.
/// </summary>
internal static class TwilioSignature
{
    public const string HeaderName = "X-Twilio-Signature";

    /// <summary>The query parameter in which Twilio gives the hash of a body that is not a form.</summary>
    private const string BodyHashParameter = "bodySHA256=";

    /// <summary>The signature Twilio would send for <paramref name="url"/> and <paramref name="parameters"/> (decoded, as received).</summary>
    public static string Compute(string authToken, string url, IEnumerable<KeyValuePair<string, string>> parameters) =>
        Compute(Encoding.UTF8.GetBytes(authToken), url, Flatten(parameters));

    /// <summary>
    /// Whether <paramref name="signature"/> is Twilio's for this URL, tried in the spellings of <see cref="TwilioUrlVariants"/>, since
    /// proxies add and remove a port. A missing or empty signature is a plain no.
    /// </summary>
    public static bool IsValid(string authToken, string? signature, string url, IReadOnlyCollection<KeyValuePair<string, string>> parameters)
    {
        // Everybody can sign with an empty token.
        if (string.IsNullOrEmpty(signature) || authToken.Length == 0)
        {
            return false;
        }

        var key = Encoding.UTF8.GetBytes(authToken);
        var given = Encoding.UTF8.GetBytes(signature);
        var suffix = Flatten(parameters);
        foreach (var candidate in TwilioUrlVariants.Of(url))
        {
            // Which spelling matched is no secret, so the first match may end the search; each comparison is constant in time.
            if (CryptographicOperations.FixedTimeEquals(given, Encoding.ASCII.GetBytes(Compute(key, candidate, suffix))))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether <paramref name="signature"/> and the URL's <c>bodySHA256</c> are Twilio's for a body that is not a form: the URL alone is
    /// signed, and names the lower-case hexadecimal SHA-256 of the body's bytes.
    /// </summary>
    public static bool IsValidForBody(string authToken, string? signature, string url, ReadOnlySpan<byte> body)
    {
        var hash = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(body)));
        return BodyHash(url) is { } named
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(named), hash)
            && IsValid(authToken, signature, url, []);
    }

    private static string? BodyHash(string url)
    {
        var query = url.IndexOf('?', StringComparison.Ordinal);
        if (query < 0)
        {
            return null;
        }

        // Hexadecimal digits are never escaped, so the value is read as it stands.
        return url[(query + 1)..].Split('&').FirstOrDefault(p => p.StartsWith(BodyHashParameter, StringComparison.Ordinal))?[BodyHashParameter.Length..];
    }

    /// <summary>The very string that is signed, for a person to compare.</summary>
    public static string StringToSign(string url, IEnumerable<KeyValuePair<string, string>> parameters) => url + Flatten(parameters);

    private static string Flatten(IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var signed = new StringBuilder();
        foreach (var name in parameters.GroupBy(p => p.Key, p => p.Value, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            foreach (var value in name.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                signed.Append(name.Key).Append(value);
            }
        }

        return signed.ToString();
    }

    private static string Compute(byte[] key, string url, string suffix)
    {
#pragma warning disable CA5350 // Twilio's scheme is HMAC-SHA1.
        return Convert.ToBase64String(HMACSHA1.HashData(key, Encoding.UTF8.GetBytes(url + suffix)));
#pragma warning restore CA5350
    }
}
