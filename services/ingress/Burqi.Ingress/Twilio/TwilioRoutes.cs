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

    /// <summary>The second route of the recording status: the whole path, outside <see cref="Prefix"/>.</summary>
    public const string RecordingStatusAlone = "/recording/status";

    /// <summary>An assistant's call. Not below <see cref="Prefix"/>, and signed all the same.</summary>
    public const string AssistantCall = "/twiml";

    /// <summary>Mapped by media: the socket that a call's audio comes in by, one-way.</summary>
    private const string MediaStream = Prefix + "/media-stream";

    /// <summary>Mapped by media: the socket that an assistant's call is held over, two-way.</summary>
    private const string TwoWayStream = "/streams";

    private const string RetryOnAnyFailure = "#rc=5&rp=all";

    public static string CallbackUrl(string baseUrl, string route, string query = "") => baseUrl + Prefix + route + query + RetryOnAnyFailure;

    public static string MediaStreamUrl(string baseUrl) => SocketUrl(baseUrl, MediaStream);

    public static string TwoWayStreamUrl(string baseUrl) => SocketUrl(baseUrl, TwoWayStream);

    // Never with a query: Twilio's handshake breaks on one (error 31920).
    private static string SocketUrl(string baseUrl, string path)
    {
        var schemeEnd = baseUrl.IndexOf("://", StringComparison.Ordinal);
        var isPlainLoopback = baseUrl.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
            && Uri.TryCreate(baseUrl, UriKind.Absolute, out var url)
            && url.IsLoopback;
        // Twilio speaks TLS only; a simulated one on this machine may do without.
        return (isPlainLoopback ? "ws" : "wss") + baseUrl[schemeEnd..] + path;
    }
}
