using System.Globalization;
using System.Net.Http.Headers;
using System.Xml;
using System.Xml.Linq;
using Burqi.Simulator.Webhooks;

namespace Burqi.Simulator.Twiml;

/// <summary>A TwiML document, read strictly: whatever Twilio would refuse, or ignore with a warning, is a fault.</summary>
internal sealed class TwimlDocument
{
    private readonly List<string> faults = [];
    private readonly TwimlSchema schema;

    private TwimlDocument(bool allowLoopback) => schema = new TwimlSchema(allowLoopback);

    /// <summary>The verbs, in order.</summary>
    public IReadOnlyList<Verb> Verbs { get; private set; } = [];

    /// <summary>Reads the answer to a request for TwiML.</summary>
    /// <param name="contentType">The answer's Content-Type header.</param>
    /// <param name="body">The answer's body.</param>
    /// <param name="allowLoopback">Whether URLs may name this machine, and stream URLs on it be ws://.</param>
    /// <exception cref="TwimlException">It is not acceptable; every fault is listed.</exception>
    public static TwimlDocument Parse(string contentType, ReadOnlyMemory<byte> body, bool allowLoopback)
    {
        var document = new TwimlDocument(allowLoopback);
        document.Read(contentType, body);
        return document.faults.Count > 0 ? throw new TwimlException(document.faults) : document;
    }

    private void Read(string contentType, ReadOnlyMemory<byte> body)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || type.MediaType?.ToLowerInvariant() is not ("application/xml" or "text/xml"))
        {
            faults.Add($"the Content-Type is '{contentType}', not application/xml or text/xml (12300)");
        }

        if (body.Length > WebhookSender.LargestDocument)
        {
            faults.Add("the document is over 64 KB (11750)");
            return;
        }

        XElement root;
        try
        {
            using var reader = XmlReader.Create(
                new MemoryStream(body.ToArray()), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            root = XDocument.Load(reader, LoadOptions.None).Root!;
        }
        catch (XmlException fault)
        {
            faults.Add($"it is not XML (12100): {fault.Message}");
            return;
        }

        if (root.Name != "Response")
        {
            faults.Add($"the root is <{root.Name.LocalName}>, not <Response> without a namespace (12100)");
            return;
        }

        Validate(root, "Response", "Response");
        if (faults.Count > 0)
        {
            return;
        }

        var verbs = new List<Verb>();
        foreach (var element in root.Elements())
        {
            verbs.Add(ReadVerb(element));
        }

        if (verbs.FindIndex(v => v is RejectVerb) > 0)
        {
            faults.Add("<Reject> is not the first verb: the call has been answered by then");
        }

        Verbs = verbs;
    }

    private void Validate(XElement element, string path, string shown)
    {
        var rule = schema.Find(path)!;
        foreach (var attribute in element.Attributes())
        {
            var name = attribute.Name.LocalName;
            if (attribute.IsNamespaceDeclaration || attribute.Name.Namespace != XNamespace.None || !rule.Attributes.TryGetValue(name, out var check))
            {
                faults.Add($"<{shown}> has no attribute '{name}' (12200)");
            }
            else if (check(attribute.Value) is { } reason)
            {
                faults.Add($"<{shown}> {name}=\"{attribute.Value}\" {reason}");
            }
        }

        foreach (var missing in rule.Required.Where(name => element.Attribute(name) is null))
        {
            faults.Add($"<{shown}> needs '{missing}'");
        }

        foreach (var child in element.Elements())
        {
            var name = child.Name.LocalName;
            if (child.Name.Namespace == XNamespace.None && rule.Children.Contains(name))
            {
                Validate(child, $"{element.Name.LocalName}/{name}", $"{(shown == "Response" ? "" : shown + "/")}{name}");
            }
            else
            {
                faults.Add(TwimlSchema.NotSimulated.Contains(name)
                    ? $"<{name}> in <{shown}> is not simulated"
                    : $"<{shown}> takes no <{name}> (12200)");
            }
        }

        ValidateText(element, rule.Text, shown);
        ValidateWhole(element, path, shown);
    }

    private void ValidateText(XElement element, TwimlSchema.TextRule rule, string shown)
    {
        var text = string.Concat(element.Nodes().OfType<XText>().Select(t => t.Value)).Trim();
        if (rule == TwimlSchema.TextRule.None && text.Length > 0)
        {
            faults.Add($"<{shown}> holds text: '{text}'");
        }
        else if (rule == TwimlSchema.TextRule.Needed && text.Length == 0)
        {
            faults.Add($"<{shown}> is empty");
        }
    }

    // What no single attribute shows.
    private void ValidateWhole(XElement element, string path, string shown)
    {
        switch (path)
        {
            case "Response/Start" or "Response/Stop" or "Response/Connect" when element.Elements().Count() != 1:
                faults.Add($"<{shown}> needs exactly one noun; for two write <{shown}> twice");
                break;
            case "Start/Stream" or "Connect/Stream":
                RepeatedParameters(element, shown);
                NeedsCallback(element, shown, "statusCallback");
                break;
            case "Stream/Parameter" when (element.Attribute("name")?.Value.Length ?? 0) + (element.Attribute("value")?.Value.Length ?? 0) >= 500:
                faults.Add($"<{shown}> is 500 characters or more, name and value together");
                break;
            case "Start/Recording" or "Response/Record":
                NeedsCallback(element, shown, "recordingStatusCallback");
                break;
            case "Response/Redirect" when element.Value.Trim() is { Length: > 0 } url && schema.CheckDocumentUrl(url) is { } reason:
                faults.Add($"<{shown}>'s URL {reason}");
                break;
            case "Dial/Number" when TwimlSchema.CheckPhoneNumber(element.Value.Trim()) is { } reason:
                faults.Add($"<{shown}> {reason}");
                break;
            case "Dial/Number":
                NeedsCallback(element, shown, "statusCallback");
                if (element.Attribute("url") is not null)
                {
                    faults.Add($"<{shown}> url is not simulated");
                }

                break;
            case "Response/Dial":
                ValidateDial(element, shown);
                break;
        }
    }

    private void ValidateDial(XElement element, string shown)
    {
        NeedsCallback(element, shown, "recordingStatusCallback");
        var text = string.Concat(element.Nodes().OfType<XText>().Select(t => t.Value)).Trim();
        switch (element.Elements().Count(), text.Length)
        {
            case (0, 0):
                faults.Add($"<{shown}> dials nobody");
                break;
            case (0, _) when TwimlSchema.CheckPhoneNumber(text) is { } reason:
                faults.Add($"<{shown}>'s number {reason}");
                break;
            case ( > 0, > 0):
                faults.Add($"<{shown}> holds a number both as text and as a noun");
                break;
            case ( > 1, _):
                faults.Add($"<{shown}> with several nouns is not simulated");
                break;
        }

        var records = element.Attribute("record")?.Value is { } record && record != "do-not-record";
        if (!records && element.Attributes().FirstOrDefault(a => a.Name.LocalName.StartsWith("recording", StringComparison.Ordinal)) is { } idle)
        {
            faults.Add($"<{shown}> {idle.Name.LocalName} without record: nothing is recorded");
        }
    }

    private void RepeatedParameters(XElement element, string shown)
    {
        foreach (var repeated in element.Elements("Parameter").GroupBy(p => p.Attribute("name")?.Value).Where(g => g.Key is not null && g.Count() > 1))
        {
            faults.Add($"<{shown}> has two parameters '{repeated.Key}'");
        }
    }

    private void NeedsCallback(XElement element, string shown, string callback)
    {
        foreach (var dependent in new[] { callback + "Event", callback + "Method" })
        {
            if (element.Attribute(dependent) is not null && element.Attribute(callback) is null)
            {
                faults.Add($"<{shown}> {dependent} without {callback}: nothing is called");
            }
        }
    }

    private static Verb ReadVerb(XElement element) => element.Name.LocalName switch
    {
        "Say" => new SayVerb(element.Value.Trim(), Int(element, "loop", 1)),
        "Pause" => new PauseVerb(Seconds(element, "length", 1)),
        "Hangup" => new HangupVerb(),
        "Reject" => new RejectVerb(Text(element, "reason", "rejected")),
        "Redirect" => new RedirectVerb(element.Value.Trim(), Text(element, "method", "POST")),
        "Start" when element.Element("Stream") is { } stream => new StartStreamVerb(ReadStream(stream)),
        "Start" => new StartRecordingVerb(ReadRecording(element.Element("Recording")!)),
        "Stop" => new StopStreamVerb(element.Element("Stream")!.Attribute("name")!.Value),
        "Connect" => new ConnectStreamVerb(ReadStream(element.Element("Stream")!), ReadAction(element)),
        "Record" => new RecordVerb(
            ReadRecordingCallback(element), ReadAction(element), Seconds(element, "timeout", 5), Seconds(element, "maxLength", 3600),
            Text(element, "finishOnKey", "1234567890*#"), Text(element, "trim", "trim-silence") == "trim-silence"),
        "Dial" => ReadDial(element),
        var other => throw new InvalidOperationException($"<{other}> passed the schema and has no reader."),
    };

    private static StreamNoun ReadStream(XElement element) => new(
        Text(element, "url", ""),
        element.Attribute("name")?.Value,
        Text(element, "track", "inbound_track") switch
        {
            "both_tracks" => ["inbound", "outbound"],
            "outbound_track" => ["outbound"],
            _ => ["inbound"],
        },
        [.. element.Elements("Parameter").Select(p => KeyValuePair.Create(p.Attribute("name")!.Value, p.Attribute("value")!.Value))],
        ReadCallback(element, "statusCallback", ["stream-started", "stream-stopped", "stream-error"]));

    private static RecordingNoun ReadRecording(XElement element) => new(
        Text(element, "channels", "dual") == "dual" ? 2 : 1,
        Text(element, "track", "both"),
        Text(element, "trim", "trim-silence") == "trim-silence",
        ReadRecordingCallback(element));

    private static DialVerb ReadDial(XElement element)
    {
        var number = element.Element("Number");
        var record = Text(element, "record", "do-not-record");
        return new DialVerb(
            number is null
                ? new NumberNoun(element.Value.Trim(), null)
                : new NumberNoun(number.Value.Trim(), ReadCallback(number, "statusCallback", ["completed"])),
            ReadAction(element),
            Seconds(element, "timeout", 30),
            Seconds(element, "timeLimit", 14400),
            element.Attribute("callerId")?.Value,
            record == "do-not-record"
                ? null
                : new DialRecording(
                    record.EndsWith("-dual", StringComparison.Ordinal) ? 2 : 1,
                    record.StartsWith("record-from-ringing", StringComparison.Ordinal),
                    Text(element, "recordingTrack", "both"),
                    Text(element, "trim", "do-not-trim") == "trim-silence",
                    ReadRecordingCallback(element)));
    }

    private static RecordingCallback ReadRecordingCallback(XElement element) =>
        new(ReadCallback(element, "recordingStatusCallback", ["completed"]));

    private static StatusCallback? ReadCallback(XElement element, string name, string[] defaultEvents) =>
        element.Attribute(name)?.Value is { } url
            ? new StatusCallback(url, Text(element, name + "Method", "POST"), element.Attribute(name + "Event")?.Value.Split(' ') ?? defaultEvents)
            : null;

    private static ActionRequest? ReadAction(XElement element) =>
        element.Attribute("action")?.Value is { } url ? new ActionRequest(url, Text(element, "method", "POST")) : null;

    private static string Text(XElement element, string attribute, string absent) => element.Attribute(attribute)?.Value ?? absent;

    private static int Int(XElement element, string attribute, int absent) =>
        element.Attribute(attribute)?.Value is { } value ? int.Parse(value, CultureInfo.InvariantCulture) : absent;

    private static TimeSpan Seconds(XElement element, string attribute, int absent) => TimeSpan.FromSeconds(Int(element, attribute, absent));
}
