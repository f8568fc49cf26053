using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress.Http;

/// <summary>
/// The address under which a provider made its request: the configured base URL, else what a trusted proxy forwards, else the
/// connection's own. Strings throughout, since a signature covers the very bytes.
/// </summary>
internal sealed class PublicAddress(IOptions<IngressOptions> options)
{
    /// <summary>Scheme and authority (and the configured path prefix), without a trailing slash.</summary>
    public string BaseUrl(HttpContext context)
    {
        if (options.Value.PublicBaseUrl is { } configured)
        {
            return configured;
        }

        var request = context.Request;
        var scheme = request.Scheme;
        var host = request.Host.Value ?? "";
        if (IsTrusted(context.Connection.RemoteIpAddress))
        {
            scheme = First(request.Headers["X-Forwarded-Proto"]) is { } proto and ("http" or "https") ? proto : scheme;
            host = First(request.Headers["X-Forwarded-Host"]) is { } forwarded && IsAuthority(forwarded) ? forwarded : host;
        }

        return $"{scheme}://{host}";
    }

    /// <summary>The whole URL, its path and query exactly as they stood on the request line: undecoded, in their order.</summary>
    public string Url(HttpContext context) => BaseUrl(context) + RawTarget(context);

    private static string RawTarget(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target.StartsWith('/'))
        {
            return target;
        }

        // A proxy may send the absolute form (RFC 9112 §3.2.2): the path begins at the first slash after the authority.
        var authority = target.IndexOf("://", StringComparison.Ordinal);
        var path = authority < 0 ? -1 : target.IndexOf('/', authority + 3);
        return path < 0 ? "/" : target[path..];
    }

    private bool IsTrusted(IPAddress? peer)
    {
        if (peer is null)
        {
            return false;
        }

        var address = peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
        return options.Value.TrustedProxies.Any(network => network.Contains(address));
    }

    private static string? First(string? header) => header?.Split(',', 2)[0].Trim() is { Length: > 0 } value ? value : null;

    private static bool IsAuthority(string host) =>
        Uri.TryCreate("http://" + host, UriKind.Absolute, out var url) && url.PathAndQuery == "/" && url.Fragment.Length == 0 && url.UserInfo.Length == 0
        && !host.EndsWith('/');
}
