using System.Net;

namespace Burqi.Simulator.Webhooks;

/// <summary>
/// Where public addresses lead. In production a proxy ends TLS in front of the services; a test has neither DNS nor certificates, so a
/// request for <c>https://burqi.example.com/…</c> goes to the loopback address that stands behind it. What is signed and what the Host
/// header says stay public; like a proxy it adds X-Forwarded-Proto and X-Forwarded-Host.
/// </summary>
internal sealed class PublicRoutes
{
    private readonly Lock sync = new();
    private readonly List<(string Prefix, string Target)> routes = [];

    public void Add(string publicPrefix, string target)
    {
        var prefix = publicPrefix.TrimEnd('/');
        if (!Uri.TryCreate(prefix, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException($"'{publicPrefix}' is not an http or https address.", nameof(publicPrefix));
        }

        lock (sync)
        {
            routes.RemoveAll(r => r.Prefix == prefix);
            routes.Add((prefix, target.TrimEnd('/')));
            routes.Sort((a, b) => b.Prefix.Length.CompareTo(a.Prefix.Length));
        }
    }

    /// <summary>The address to dial for <paramref name="url"/> (http, https, ws or wss), with the headers a proxy would add.</summary>
    public Destination Resolve(string url)
    {
        var sent = TwilioSigner.WithoutFragment(url);
        var socket = sent.StartsWith("ws", StringComparison.Ordinal);
        // https:// stands for wss:// and http:// for ws:// in a route.
        var comparable = socket ? string.Concat("http", sent.AsSpan(2)) : sent;
        (string Prefix, string Target) route;
        lock (sync)
        {
            route = routes.FirstOrDefault(r => Covers(r.Prefix, comparable));
        }

        if (route.Prefix is null)
        {
            var direct = Exact(sent);
            // Nothing on loopback speaks TLS here: the wss:// address of a local server is dialled in the clear.
            return direct.Scheme == "wss" && IsLoopback(direct.Host)
                ? new Destination(Exact(string.Concat("ws", sent.AsSpan(3))), null, null)
                : new Destination(direct, null, null);
        }

        var target = route.Target + comparable[route.Prefix.Length..];
        var address = Exact(socket ? string.Concat("ws", target.AsSpan(4)) : target);
        var original = Exact(comparable);
        return new Destination(address, original.Authority, original.Scheme);
    }

    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    // Path and query go out byte for byte: a canonicalised URL would no longer be the one that was signed.
    private static Uri Exact(string url) => new(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private static bool Covers(string prefix, string url) =>
        url.StartsWith(prefix, StringComparison.Ordinal) && (url.Length == prefix.Length || url[prefix.Length] is '/' or '?');
}

/// <summary>An address to dial and, where a route stands in for a proxy, the public host and scheme it forwards.</summary>
internal sealed record Destination(Uri Address, string? PublicAuthority, string? PublicScheme);
