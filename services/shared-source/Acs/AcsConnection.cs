namespace Burqi.Acs;

/// <summary>An ACS resource: where it answers and the key that signs what is asked of it.</summary>
/// <param name="Endpoint">Its address, without a path.</param>
/// <param name="AccessKey">One of its two access keys, base64.</param>
internal sealed record AcsConnection(Uri Endpoint, string AccessKey)
{
    /// <summary>The host as it is signed: with its port only where that is not the scheme's own.</summary>
    public string Host => Endpoint.Authority;

    /// <summary>
    /// Reads a connection string, <c>endpoint=https://…;accesskey=…</c>: names in any case and order, a slash at the address's end or none.
    /// Keys end with equal signs, so each part is divided at its first one only.
    /// </summary>
    /// <exception cref="FormatException">It is none; the message goes on after the variable's name and shows no value.</exception>
    public static AcsConnection Parse(string connectionString)
    {
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in connectionString.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || !parts.TryAdd(part[..equals].Trim(), part[(equals + 1)..].Trim()))
            {
                throw new FormatException("is not of the form endpoint=https://…;accesskey=….");
            }
        }

        if (!parts.TryGetValue("endpoint", out var address)
            || !Uri.TryCreate(address, UriKind.Absolute, out var endpoint)
            || !(endpoint.Scheme == Uri.UriSchemeHttps || (endpoint.Scheme == Uri.UriSchemeHttp && endpoint.IsLoopback))
            || endpoint.PathAndQuery != "/"
            || endpoint.UserInfo.Length > 0)
        {
            throw new FormatException("names no endpoint that is an https address without a path (http is accepted for a loopback address only).");
        }

        return parts.TryGetValue("accesskey", out var key) && key.Length > 0 && Convert.TryFromBase64String(key, new byte[key.Length], out _)
            ? new AcsConnection(endpoint, key)
            : throw new FormatException("holds no accesskey that is base64.");
    }
}
