using System.Text;
using System.Xml;
using System.Xml.Linq;
using static Burqi.Ingress.Twilio.Twiml.TwimlSchema;

namespace Burqi.Ingress.Twilio.Twiml;

/// <summary>
/// Builds the answer to a voice webhook, verb after verb. Everything is escaped. What Twilio does not allow is refused by an exception, and
/// leaves what was built before as it was.
/// </summary>
internal sealed class VoiceResponse
{
    /// <summary>Twilio takes no longer document (error 11750). Bytes.</summary>
    public const int LargestDocument = 64 * 1024;

    /// <summary>A parameter's name and value have fewer characters than this together.</summary>
    public const int TooLongParameter = 500;

    private const string Post = "POST";
    private const int LongestCallSeconds = 24 * 60 * 60;

    private readonly XElement _response = new("Response");

    /// <summary>Speaks to the caller.</summary>
    /// <param name="sentence">What is said.</param>
    /// <param name="language">A language tag; null: Twilio's default.</param>
    public VoiceResponse Say(string sentence, string? language = null) => Add(With(Element("Say", ("language", language)), Text(sentence, "Say")));

    public VoiceResponse Pause(TimeSpan length) => Add(Element("Pause", ("length", Number((int)length.TotalSeconds, 1, LongestCallSeconds, "Pause length"))));

    public VoiceResponse Hangup() => Add(Element("Hangup"));

    /// <summary>Does not take the call.</summary>
    /// <param name="reason">One of <see cref="TwimlValues.RejectReasons"/>.</param>
    public VoiceResponse Reject(string? reason = null) => Add(Element("Reject", ("reason", OneOf(reason, TwimlValues.RejectReasons, "Reject reason"))));

    /// <summary>Forks the call's audio; the call goes on at once with the next verb.</summary>
    public VoiceResponse Start(StreamNoun stream) => Add(With(Element("Start"), Stream(stream, TwimlValues.StreamTracks)));

    /// <summary>Has Twilio record. One noun a <c>Start</c>: whether Twilio runs a second is nowhere said.</summary>
    public VoiceResponse Start(RecordingNoun recording)
    {
        var (url, method, events) = Callback(recording.Callback, "Recording");
        return Add(With(Element("Start"), Element(
            "Recording",
            ("channels", OneOf(recording.Channels, TwimlValues.RecordingChannels, "Recording channels")),
            ("track", OneOf(recording.Track, TwimlValues.RecordingTracks, "Recording track")),
            ("trim", OneOf(recording.Trim, TwimlValues.Trims, "Recording trim")),
            ("recordingStatusCallback", url),
            ("recordingStatusCallbackMethod", method),
            ("recordingStatusCallbackEvent", events))));
    }

    public VoiceResponse StopStream(string name) => Add(With(Element("Stop"), Element("Stream", ("name", Text(name, "Stream name")))));

    /// <summary>
    /// Hands the caller's audio to the socket and plays what comes back; the call goes on with the next verb once the socket is closed, by
    /// whichever side.
    /// </summary>
    /// <param name="stream">The socket.</param>
    /// <param name="action">What comes after, instead of the next verb.</param>
    public VoiceResponse Connect(StreamNoun stream, string? action = null) =>
        Add(With(Element("Connect", ("action", CallbackUrl(action, "Connect action"))), Stream(stream, ["inbound_track"])));

    public VoiceResponse Record(RecordVerb record)
    {
        var (url, method, events) = Callback(record.Callback, "Record");
        return Add(Element(
            "Record",
            ("action", CallbackUrl(record.Action, "Record action")),
            ("method", Post),
            ("maxLength", Number(record.MaxLength, 1, LongestCallSeconds, "Record maxLength")),
            ("timeout", Number(record.Timeout, 1, LongestCallSeconds, "Record timeout")),
            ("finishOnKey", FinishOnKey(record.FinishOnKey, "Record finishOnKey")),
            ("playBeep", Boolean(record.PlayBeep)),
            ("trim", OneOf(record.Trim, TwimlValues.Trims, "Record trim")),
            ("recordingStatusCallback", url),
            ("recordingStatusCallbackMethod", method),
            ("recordingStatusCallbackEvent", events)));
    }

    public VoiceResponse Dial(DialVerb dial)
    {
        var (url, method, events) = Callback(dial.RecordingCallback, "Dial");
        var element = Element(
            "Dial",
            ("callerId", PhoneNumber(dial.CallerId, "Dial callerId")),
            ("timeout", Number(dial.Timeout, TwimlValues.DialTimeout.Least, TwimlValues.DialTimeout.Most, "Dial timeout")),
            ("answerOnBridge", Boolean(dial.AnswerOnBridge)),
            ("action", CallbackUrl(dial.Action, "Dial action")),
            ("method", dial.Action is null ? null : Post),
            ("record", OneOf(dial.Record, TwimlValues.DialRecords, "Dial record")),
            ("recordingTrack", OneOf(dial.RecordingTrack, TwimlValues.RecordingTracks, "Dial recordingTrack")),
            ("trim", OneOf(dial.Trim, TwimlValues.Trims, "Dial trim")),
            ("recordingStatusCallback", url),
            ("recordingStatusCallbackMethod", method),
            ("recordingStatusCallbackEvent", events));
        var number = PhoneNumber(dial.Number, "Dial number")!;
        return Add(dial.NumberStatusCallback is not { } callback ? With(element, number) : With(element, With(
            Element(
                "Number",
                ("statusCallback", CallbackUrl(callback, "Number statusCallback")),
                ("statusCallbackEvent", ListOf(TwimlValues.CallEvents, TwimlValues.CallEvents, "Number statusCallbackEvent")),
                ("statusCallbackMethod", Post)),
            number)));
    }

    /// <summary>The document as it goes out.</summary>
    /// <exception cref="TwimlException">It is longer than <see cref="LargestDocument"/>.</exception>
    public TwimlDocument ToDocument()
    {
        using var body = new MemoryStream();
        using (var writer = XmlWriter.Create(body, new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) }))
        {
            new XDocument(new XDeclaration("1.0", "UTF-8", null), _response).WriteTo(writer);
        }

        return body.Length <= LargestDocument ? new TwimlDocument(body.ToArray()) : throw Refused("The document", $"has more than {LargestDocument} bytes");
    }

    private static XElement Stream(StreamNoun stream, IReadOnlyList<string> tracks) => With(
        Element(
            "Stream",
            ("name", stream.Name is null ? null : Text(stream.Name, "Stream name")),
            ("url", StreamUrl(stream.Url, "Stream url")),
            ("track", OneOf(stream.Track, tracks, "Stream track")),
            ("statusCallback", CallbackUrl(stream.StatusCallback, "Stream statusCallback")),
            ("statusCallbackMethod", stream.StatusCallback is null ? null : Post)),
        stream.Parameters.Select(Parameter));

    private static XElement Parameter(KeyValuePair<string, string> parameter) => parameter.Key.Length + parameter.Value.Length < TooLongParameter
        ? Element("Parameter", ("name", Text(parameter.Key, "Parameter name")), ("value", parameter.Value))
        : throw Refused("Parameter", $"has {TooLongParameter} characters or more");

    private static (string? Url, string? Method, string? Events) Callback(RecordingCallback? callback, string what) => callback is null
        ? default
        : (CallbackUrl(callback.Url, what + " recordingStatusCallback"),
            Post,
            ListOf(callback.Events, TwimlValues.RecordingEvents, what + " recordingStatusCallbackEvent"));

    private static XElement With(XElement element, object content)
    {
        element.Add(content);
        return element;
    }

    private VoiceResponse Add(XElement verb)
    {
        _response.Add(verb);
        return this;
    }
}
