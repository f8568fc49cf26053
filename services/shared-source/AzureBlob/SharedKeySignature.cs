using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Burqi.AzureBlob;

/// <summary>
/// Azure's Shared Key: HMAC-SHA256 by the account's key over the method, some of the headers, all that begin with <c>x-ms-</c>, the path as
/// it is sent and the query (https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key).
/// </summary>
internal static class SharedKeySignature
{
    // In the order they are signed in. Of the two languages-and-encodings of the standard's own, Azure's documentation and some of its
    // libraries disagree about the order: nobody here sends either.
    private static readonly string[] SignedHeaders =
    [
        "Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type", "Date",
        "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range",
    ];

    /// <summary>The value of <c>Authorization</c>.</summary>
    public static string Authorization(string account, string key, string stringToSign) =>
        $"SharedKey {account}:{Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(stringToSign)))}";

    public static string StringToSign(string account, string method, Uri address, IEnumerable<KeyValuePair<string, string>> headers)
    {
        var sent = headers.ToDictionary(StringComparer.OrdinalIgnoreCase);
        var signed = new StringBuilder(method).Append('\n');
        foreach (var name in SignedHeaders)
        {
            var value = sent.GetValueOrDefault(name, "");
            signed.Append(name == "Content-Length" && value == "0" ? "" : value).Append('\n');
        }

        // Azure sorts these by rules of its own, in which an underscore comes before a digit. For the names sent here, letters, digits and
        // single hyphens, they end in the same order.
        foreach (var (name, value) in sent
            .Where(header => header.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase))
            .Select(header => (Name: header.Key.ToLowerInvariant(), header.Value))
            .OrderBy(header => header.Name, StringComparer.Ordinal))
        {
            signed.Append(name).Append(':').Append(value.TrimStart()).Append('\n');
        }

        signed.Append('/').Append(account).Append(address.AbsolutePath);
        foreach (var (name, value) in address.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(parameter => parameter.Split('=', 2))
            .Select(parameter => (Name: parameter[0].ToLowerInvariant(), Value: Uri.UnescapeDataString(parameter[^1])))
            .OrderBy(parameter => parameter.Name, StringComparer.Ordinal))
        {
            signed.Append('\n').Append(name).Append(':').Append(value);
        }

        return signed.ToString();
    }
}

/// <summary>Dates and signs each attempt anew: a signature is good for a quarter of an hour.</summary>
internal sealed class SharedKeyPolicy(string account, string key, TimeProvider clock) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        var request = message.Request;
        request.Headers.SetValue("x-ms-date", clock.GetUtcNow().ToString("R", CultureInfo.InvariantCulture));
        var headers = request.Headers.Select(header => KeyValuePair.Create(header.Name, header.Value));
        if (request.Content is { } content && content.TryComputeLength(out var length))
        {
            headers = headers.Where(header => !header.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                .Append(KeyValuePair.Create("Content-Length", length.ToString(CultureInfo.InvariantCulture)));
        }

        var stringToSign = SharedKeySignature.StringToSign(account, request.Method.Method, request.Uri.ToUri(), headers);
        request.Headers.SetValue("Authorization", SharedKeySignature.Authorization(account, key, stringToSign));
    }
}
