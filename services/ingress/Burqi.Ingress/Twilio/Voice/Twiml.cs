using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace Burqi.Ingress.Twilio.Voice;

/// <summary>A TwiML document as an answer. Values are escaped by the XML writer; lists are space-separated, as Twilio wants them.</summary>
internal sealed class Twiml(params XElement[] verbs) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => StatusCodes.Status200OK;

    public XDocument Document { get; } = new(new XDeclaration("1.0", "UTF-8", null), new XElement("Response", verbs));

    /// <summary>Forks both sides of the call's audio to <paramref name="url"/>; the call goes on at once with the next verb.</summary>
    public static XElement StartStream(string name, string url, string statusCallback, IEnumerable<KeyValuePair<string, string>> parameters) => new(
        "Start",
        Stream(name, url, statusCallback, parameters, new XAttribute("track", "both_tracks")));

    /// <summary>
    /// Hands the caller's audio to <paramref name="url"/> and plays what comes back; the call goes on with the next verb once the socket is
    /// closed, by whichever side. No track: a two-way stream gives the caller's alone.
    /// </summary>
    public static XElement ConnectStream(string name, string url, string statusCallback, IEnumerable<KeyValuePair<string, string>> parameters) => new(
        "Connect",
        Stream(name, url, statusCallback, parameters));

    /// <summary>Has Twilio record both sides, one a channel. One noun a <c>Start</c>: whether Twilio runs a second is nowhere said.</summary>
    public static XElement StartRecording(string statusCallback) => new(
        "Start",
        new XElement(
            "Recording",
            new XAttribute("channels", "dual"),
            new XAttribute("track", "both"),
            // Trimmed silence would shift the file against our own tracks.
            new XAttribute("trim", "do-not-trim"),
            new XAttribute("recordingStatusCallback", statusCallback),
            new XAttribute("recordingStatusCallbackMethod", "POST"),
            new XAttribute("recordingStatusCallbackEvent", "in-progress completed absent")));

    public static XElement Dial(string number, string? callerId, string statusCallback) => new(
        "Dial",
        callerId is null ? null : new XAttribute("callerId", callerId),
        new XElement(
            "Number",
            new XAttribute("statusCallback", statusCallback),
            new XAttribute("statusCallbackEvent", "initiated ringing answered completed"),
            new XAttribute("statusCallbackMethod", "POST"),
            number));

    public static XElement Say(string sentence) => new("Say", new XAttribute("language", "en-US"), sentence);

    public static XElement Pause(TimeSpan length) => new("Pause", new XAttribute("length", (int)length.TotalSeconds));

    private static XElement Stream(
        string name, string url, string statusCallback, IEnumerable<KeyValuePair<string, string>> parameters, params XAttribute[] more) => new(
        "Stream",
        new XAttribute("name", name),
        new XAttribute("url", url),
        more,
        new XAttribute("statusCallback", statusCallback),
        new XAttribute("statusCallbackMethod", "POST"),
        parameters.Select(parameter => new XElement("Parameter", new XAttribute("name", parameter.Key), new XAttribute("value", parameter.Value))));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var body = new MemoryStream();
        await Document.SaveAsync(body, SaveOptions.DisableFormatting, httpContext.RequestAborted);

        httpContext.Response.ContentType = "application/xml; charset=utf-8";
        httpContext.Response.ContentLength = body.Length;
        httpContext.Response.Headers.CacheControl = "no-store";
        body.Position = 0;
        await body.CopyToAsync(httpContext.Response.Body, httpContext.RequestAborted);
    }
}
