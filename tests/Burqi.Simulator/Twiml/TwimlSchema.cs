using System.Globalization;
using System.Text.RegularExpressions;
using Burqi.Simulator.Webhooks;

namespace Burqi.Simulator.Twiml;

/// <summary>
/// What TwiML may hold, as Twilio's own builders write it (https://www.twilio.com/docs/voice/twiml). Twilio only warns of an attribute it
/// does not know (12200) and goes on without it; here that is a fault, for the author surely meant something by it.
/// </summary>
internal sealed partial class TwimlSchema(bool allowLoopback)
{
    /// <summary>Why a value is not one of the attribute's; null when it is.</summary>
    internal delegate string? Check(string value);

    internal sealed record Element(
        IReadOnlyDictionary<string, Check> Attributes,
        IReadOnlyList<string> Required,
        IReadOnlyList<string> Children,
        TextRule Text = TextRule.None);

    internal enum TextRule
    {
        None,
        Needed,
        Optional,
    }

    /// <summary>Verbs and nouns that exist at Twilio and that the simulator does not play.</summary>
    public static readonly string[] NotSimulated =
    [
        "Play", "Gather", "Enqueue", "Leave", "Queue", "Conference", "Client", "Sip", "Sim", "Pay", "Prompt", "Refer", "Sms", "Message", "Echo",
        "Siprec", "Transcription", "ConversationRelay", "VirtualAgent", "Room", "Application", "WhatsApp", "AiSession", "Assistant",
    ];

    private static readonly Check Any = static _ => null;
    private static readonly Check Method = OneOf("GET", "POST");
    private static readonly Check Boolean = OneOf("true", "false");
    private static readonly Check RecordingEvents = ListOf("in-progress", "completed", "absent");
    private static readonly Check Trim = OneOf("trim-silence", "do-not-trim");

    /// <summary>The element <paramref name="path"/> (such as <c>Start/Stream</c>); null when there is none.</summary>
    public Element? Find(string path) => path switch
    {
        "Response" => new Element(NoAttributes, [], ["Say", "Pause", "Hangup", "Reject", "Redirect", "Start", "Stop", "Connect", "Record", "Dial"]),
        "Response/Say" => new Element(
            new Dictionary<string, Check> { ["voice"] = Any, ["language"] = Any, ["loop"] = Number(1, 1000) }, [], [], TextRule.Needed),
        "Response/Pause" => new Element(new Dictionary<string, Check> { ["length"] = Number(1, 3600) }, [], []),
        "Response/Hangup" => new Element(NoAttributes, [], []),
        "Response/Reject" => new Element(new Dictionary<string, Check> { ["reason"] = OneOf("rejected", "busy") }, [], []),
        "Response/Redirect" => new Element(new Dictionary<string, Check> { ["method"] = Method }, [], [], TextRule.Needed),
        "Response/Start" => new Element(NoAttributes, [], ["Stream", "Recording"]),
        "Response/Stop" => new Element(NoAttributes, [], ["Stream"]),
        "Response/Connect" => new Element(new Dictionary<string, Check> { ["action"] = DocumentUrl, ["method"] = Method }, [], ["Stream"]),
        "Start/Stream" => new Element(
            new Dictionary<string, Check>
            {
                ["url"] = StreamUrl,
                ["name"] = NotEmpty,
                ["track"] = OneOf("inbound_track", "outbound_track", "both_tracks"),
                ["statusCallback"] = CallbackUrl,
                ["statusCallbackMethod"] = Method,
            },
            ["url"], ["Parameter"]),
        "Connect/Stream" => new Element(
            new Dictionary<string, Check>
            {
                ["url"] = StreamUrl,
                ["name"] = NotEmpty,
                // A two-way stream delivers the caller alone, whatever is asked.
                ["track"] = OneOf("inbound_track"),
                ["statusCallback"] = CallbackUrl,
                ["statusCallbackMethod"] = Method,
            },
            ["url"], ["Parameter"]),
        "Stop/Stream" => new Element(new Dictionary<string, Check> { ["name"] = NotEmpty }, ["name"], []),
        "Stream/Parameter" => new Element(new Dictionary<string, Check> { ["name"] = NotEmpty, ["value"] = Any }, ["name", "value"], []),
        "Start/Recording" => new Element(
            new Dictionary<string, Check>(RecordingCallbackAttributes())
            {
                ["channels"] = OneOf("mono", "dual"),
                ["track"] = OneOf("inbound", "outbound", "both"),
                ["trim"] = Trim,
            },
            [], []),
        "Response/Record" => new Element(
            new Dictionary<string, Check>(RecordingCallbackAttributes())
            {
                ["action"] = DocumentUrl,
                ["method"] = Method,
                ["timeout"] = Number(0, 3600),
                ["finishOnKey"] = Matching(FinishOnKey(), "digits, '#' and '*'"),
                ["maxLength"] = Number(1, 14400),
                ["playBeep"] = Boolean,
                ["trim"] = Trim,
                ["transcribe"] = Boolean,
                ["transcribeCallback"] = CallbackUrl,
            },
            [], []),
        "Response/Dial" => new Element(
            new Dictionary<string, Check>(RecordingCallbackAttributes())
            {
                ["action"] = DocumentUrl,
                ["method"] = Method,
                ["timeout"] = Number(1, 600),
                ["timeLimit"] = Number(1, 86400),
                ["callerId"] = Matching(PhoneNumber(), "an E.164 number"),
                ["answerOnBridge"] = Boolean,
                ["hangupOnStar"] = Boolean,
                ["ringTone"] = Any,
                ["sequential"] = Boolean,
                ["record"] = OneOf(
                    "do-not-record", "record-from-answer", "record-from-ringing", "record-from-answer-dual", "record-from-ringing-dual"),
                ["recordingTrack"] = OneOf("both", "inbound", "outbound"),
                ["trim"] = Trim,
            },
            [], ["Number"], TextRule.Optional),
        "Dial/Number" => new Element(
            new Dictionary<string, Check>
            {
                ["statusCallback"] = CallbackUrl,
                ["statusCallbackEvent"] = ListOf("initiated", "ringing", "answered", "completed"),
                ["statusCallbackMethod"] = Method,
                ["url"] = DocumentUrl,
                ["method"] = Method,
                ["sendDigits"] = Matching(SendDigits(), "digits, 'w', '#' and '*'"),
            },
            [], [], TextRule.Needed),
        _ => null,
    };

    /// <summary>Why <paramref name="number"/> cannot be dialled; null when it can.</summary>
    public static string? CheckPhoneNumber(string number) => Matching(PhoneNumber(), "an E.164 number")(number);

    private static readonly Dictionary<string, Check> NoAttributes = [];

    private Dictionary<string, Check> RecordingCallbackAttributes() => new()
    {
        ["recordingStatusCallback"] = CallbackUrl,
        ["recordingStatusCallbackMethod"] = Method,
        ["recordingStatusCallbackEvent"] = RecordingEvents,
    };

    // The socket's address: wss on 443 and no query, which breaks Twilio's handshake (31920).
    private string? StreamUrl(string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Host.Length == 0)
        {
            return "is not an absolute URL";
        }

        var local = PublicRoutes.IsLoopback(url.Host);
        return url switch
        {
            { Scheme: not ("wss" or "ws") } => "is not wss://",
            { Scheme: "ws" } when !(allowLoopback && local) => "is not wss://",
            _ when local && !allowLoopback => "names this machine, which Twilio cannot reach",
            { IsDefaultPort: false } when !local => "names a port: Twilio connects to 443 alone",
            _ when value.Contains('?', StringComparison.Ordinal) => "has a query string: use <Parameter>",
            _ when value.Contains('#', StringComparison.Ordinal) => "has a fragment",
            { UserInfo.Length: > 0 } => "holds credentials",
            _ => null,
        };
    }

    private string? CallbackUrl(string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
        {
            return "is not an absolute http or https URL";
        }

        return PublicRoutes.IsLoopback(url.Host) && !allowLoopback ? "names this machine, which Twilio cannot reach" : CheckOverrides(value);
    }

    // A relative address is taken against the document's own; the same rules hold for what an absolute one names.
    private string? DocumentUrl(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme != "file" ? CallbackUrl(value)
        : value.Length == 0 ? "is empty"
        : CheckOverrides(value);

    public string? CheckDocumentUrl(string value) => DocumentUrl(value);

    public string? CheckCallbackUrl(string value) => CallbackUrl(value);

    private static string? CheckOverrides(string value)
    {
        try
        {
            ConnectionOverrides.Parse(value);
            return null;
        }
        catch (FormatException fault)
        {
            return $"has a faulty fragment: {fault.Message}";
        }
    }

    private static string? NotEmpty(string value) => value.Length == 0 ? "is empty" : null;

    private static Check OneOf(params string[] values) =>
        value => values.Contains(value) ? null : $"is not one of {string.Join(", ", values)}";

    private static Check ListOf(params string[] values) => value =>
    {
        var words = value.Split(' ');
        return words.FirstOrDefault(w => !values.Contains(w)) is { } unknown
            ? $"holds '{unknown}': it is a list, separated by single spaces, of {string.Join(", ", values)}"
            : words.Distinct().Count() < words.Length ? "names a value twice" : null;
    };

    private static Check Number(int least, int most) => value =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? null
            : $"is not a number from {least} to {most}";

    private static Check Matching(Regex pattern, string what) => value => pattern.IsMatch(value) ? null : $"is not {what}";

    [GeneratedRegex(@"^\+?[1-9][0-9]{1,14}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PhoneNumber();

    [GeneratedRegex(@"^[0-9#*]*\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FinishOnKey();

    [GeneratedRegex(@"^[0-9w#*]+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SendDigits();
}
