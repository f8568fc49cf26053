namespace Burqi.Cli.Doctor.Twilio;

/// <summary>An address that Twilio calls.</summary>
/// <param name="Method"><c>POST</c>, or <c>WS</c> for a socket.</param>
/// <param name="Path">The route.</param>
/// <param name="Url">The whole address.</param>
/// <param name="What">What it is for.</param>
internal sealed record PublicRoute(string Method, string Path, string Url, string What);

/// <summary>Every address of Burqi's that Twilio calls.</summary>
internal static class TwilioAddresses
{
    public const string Voice = "/twilio/voice";
    public const string AssistantCall = "/twiml";
    public const string CallStatus = "/twilio/call-status";
    public const string StreamStatus = "/twilio/stream-status";
    public const string RecordingStatus = "/twilio/recording-status";
    public const string RecordingStatusAlone = "/recording/status";
    public const string MediaStream = "/twilio/media-stream";
    public const string TwoWayStream = "/streams";

    public static readonly IReadOnlyList<string> Webhooks = [Voice, AssistantCall, CallStatus, StreamStatus, RecordingStatus, RecordingStatusAlone];

    public static readonly IReadOnlyList<string> Sockets = [MediaStream, TwoWayStream];

    /// <summary>All of them below a public base URL, which has no slash at its end.</summary>
    public static IReadOnlyList<PublicRoute> Below(string baseUrl) =>
    [
        new("POST", Voice, baseUrl + Voice, "a number's \"A call comes in\": add ?to=%2B… for the number that is dialled"),
        new("POST", AssistantCall, baseUrl + AssistantCall, "the same for a voice agent: add ?assistant_id=…"),
        new("POST", CallStatus, baseUrl + CallStatus, "a number's \"Call status changes\""),
        new("POST", StreamStatus, baseUrl + StreamStatus, "named by our TwiML, nothing to set"),
        new("POST", RecordingStatus, baseUrl + RecordingStatus, "named by our TwiML, nothing to set"),
        new("POST", RecordingStatusAlone, baseUrl + RecordingStatusAlone, "the same, for TwiML and trunks of your own"),
        new("WS", MediaStream, Socket(baseUrl, MediaStream), "named by our TwiML, nothing to set"),
        new("WS", TwoWayStream, Socket(baseUrl, TwoWayStream), "named by our TwiML for voice agents, nothing to set"),
    ];

    /// <summary>A socket's address: <c>wss</c> for <c>https</c>.</summary>
    public static string Socket(string baseUrl, string path) => string.Concat("ws", baseUrl.AsSpan("http".Length), path);
}
