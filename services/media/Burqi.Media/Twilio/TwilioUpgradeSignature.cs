using System.Net;
using Burqi.Twilio;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Twilio;

/// <summary>
/// Whether an upgrade comes from Twilio: its signature covers the socket's URL as Twilio was given it, and nothing else. It does not say of which
/// account it is, so any that is known may have signed it; the stream's token tells whose call it is.
/// </summary>
internal sealed class TwilioUpgradeSignature(IOptions<MediaOptions> options)
{
    private const string SecureSocket = "wss";

    public bool IsValid(HttpContext context)
    {
        var settings = options.Value;
        if (!settings.VerifySignatures)
        {
            return true;
        }

        var signature = context.Request.Headers[TwilioSignature.HeaderName].ToString();
        var valid = false;
        foreach (var url in CandidateUrls(context, settings))
        {
            foreach (var token in settings.TwilioAuthTokens)
            {
                valid |= TwilioSignature.IsValid(token, signature, url, []);
            }
        }

        return valid;
    }

    private static IEnumerable<string> CandidateUrls(HttpContext context, MediaOptions settings)
    {
        // The target byte for byte as it was requested: a parsed path is decoded, and no longer what was signed.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var (scheme, authority) = PublicOrigin(context, settings);

        // A public base that is not TLS exists on a developer's machine only; the stream's URL is then ws, though Twilio itself dials wss alone.
        string[] schemes = scheme == Uri.UriSchemeHttps ? [SecureSocket] : [SecureSocket, "ws"];
        foreach (var socketScheme in schemes)
        {
            var url = $"{socketScheme}://{authority}{target}";
            yield return url;
            yield return url.EndsWith('/') ? url[..^1] : url + "/";
        }
    }

    private static (string Scheme, string Authority) PublicOrigin(HttpContext context, MediaOptions settings)
    {
        if (settings.PublicBaseUrl is { } configured)
        {
            var end = configured.IndexOf("://", StringComparison.Ordinal);
            return (configured[..end].ToLowerInvariant(), configured[(end + 3)..]);
        }

        var request = context.Request;
        if (!IsTrusted(context.Connection.RemoteIpAddress, settings.TrustedProxies))
        {
            return (request.Scheme, request.Host.Value ?? "");
        }

        return (First(request.Headers["X-Forwarded-Proto"]) ?? request.Scheme, First(request.Headers["X-Forwarded-Host"]) ?? request.Host.Value ?? "");
    }

    private static bool IsTrusted(IPAddress? peer, IReadOnlyList<IPNetwork> proxies)
    {
        if (peer is null)
        {
            return false;
        }

        var address = peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
        return proxies.Any(proxy => proxy.Contains(address));
    }

    private static string? First(string? header) =>
        header?.Split(',', 2, StringSplitOptions.TrimEntries)[0] is { Length: > 0 } first ? first : null;
}
