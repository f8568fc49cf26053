namespace Burqi.Ingress.Twilio;

/// <summary>
/// The paths Twilio calls, and the URLs we hand to it. The fragment of a callback URL is a connection override: five retries, on any
/// failure. Without it Twilio repeats once, and only when it could not connect. It is neither sent nor signed.
/// </summary>
internal static class TwilioRoutes
{
    public const string Prefix = "/twilio";
    public const string Voice = "/voice";
    public const string CallStatus = "/call-status";
    public const string StreamStatus = "/stream-status";
    public const string RecordingStatus = "/recording-status";

    /// <summary>Mapped by media: the socket a call's audio comes in by.</summary>
    private const string MediaStream = "/media-stream";

    private const string RetryOnAnyFailure = "#rc=5&rp=all";

    public static string CallbackUrl(string baseUrl, string route) => baseUrl + Prefix + route + RetryOnAnyFailure;

    /// <summary>Never with a query: Twilio's handshake breaks on one (error 31920).</summary>
    public static string MediaStreamUrl(string baseUrl)
    {
        var schemeEnd = baseUrl.IndexOf("://", StringComparison.Ordinal);
        var isPlainLoopback = baseUrl.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            && Uri.TryCreate(baseUrl, UriKind.Absolute, out var url)
            && url.IsLoopback;
        // Twilio speaks TLS only; a simulated one on this machine may do without.
        return (isPlainLoopback ? "ws" : "wss") + baseUrl[schemeEnd..] + Prefix + MediaStream;
    }
}
