using System.Security.Cryptography;
using System.Text;

namespace Burqi.Simulator.Webhooks;

/// <summary>
/// Signs requests as Twilio does: base64 of HMAC-SHA1, keyed with the auth token, over the URL and, for a form, its parameters
/// (https://www.twilio.com/docs/usage/webhooks/webhooks-security). Written apart from the product's check, which it tests.
/// </summary>
public static class TwilioSigner
{
    /// <summary>The signature of a form post. <paramref name="url"/> is taken as it stands, less its fragment, which is never sent.</summary>
    public static string SignForm(string authToken, string url, IEnumerable<KeyValuePair<string, string>> parameters)
    {
        var valuesByName = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (var (name, value) in parameters)
        {
            if (!valuesByName.TryGetValue(name, out var values))
            {
                valuesByName[name] = values = new SortedSet<string>(StringComparer.Ordinal);
            }

            values.Add(value);
        }

        var message = new StringBuilder(WithoutFragment(url));
        foreach (var (name, values) in valuesByName)
        {
            foreach (var value in values)
            {
                message.Append(name).Append(value);
            }
        }

        return Hash(authToken, message.ToString());
    }

    /// <summary>The signature of a request without form parameters: GET, JSON, or the upgrade to a WebSocket (over its wss:// form).</summary>
    public static string SignUrl(string authToken, string url) => Hash(authToken, WithoutFragment(url));

    internal static string WithoutFragment(string url) => url.IndexOf('#', StringComparison.Ordinal) is var hash and >= 0 ? url[..hash] : url;

    private static string Hash(string authToken, string message)
    {
#pragma warning disable CA5350 // The scheme is Twilio's.
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(authToken), Encoding.UTF8.GetBytes(message)));
#pragma warning restore CA5350
    }
}
