using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress.Twilio.Voice;

/// <summary>
/// <c>POST /twilio/voice</c>: Twilio asks what to do with a call. The answer starts both recordings and puts the caller through. A call
/// comes before its recording: whatever fails on our side, the answer connects it.
/// </summary>
internal sealed partial class VoiceEndpoint(
    CallStartAnnouncer announcer,
    StreamParameters parameters,
    IOptions<TwilioOptions> twilio,
    ILogger<VoiceEndpoint> logger)
{
    private const string NobodyToDial = "This call is recorded. There is nobody to connect you to. Please say what you have to say, and hang up.";

    /// <summary>How long a caller whom nobody answers may speak: a pause keeps the call, and so its recordings, alive.</summary>
    private static readonly TimeSpan TimeToSpeak = TimeSpan.FromMinutes(5);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost(TwilioRoutes.Voice, (HttpContext context, VoiceEndpoint endpoint) => endpoint.AnswerAsync(context, dialsWhatWasDialled: true))
        .WithName("twilio-voice");

    /// <summary>The answer to a call that no assistant takes.</summary>
    /// <param name="context">Twilio's request.</param>
    /// <param name="dialsWhatWasDialled">False: only a number that the URL names is dialled, since what was dialled is an assistant's own.</param>
    public async Task<Twiml> AnswerAsync(HttpContext context, bool dialsWhatWasDialled)
    {
        var webhook = TwilioWebhook.Of(context);
        var form = VoiceForm.Read(webhook.Form);
        var goOn = Dial(context.Request, form, webhook.BaseUrl, dialsWhatWasDialled) is { } dial
            ? (XElement[])[dial]
            : [Twiml.Say(NobodyToDial), Twiml.Pause(TimeToSpeak)];
        if (form.CallSid is not { } callSid)
        {
            Log.NoCallSid(logger);
            return new Twiml(goOn);
        }

        await announcer.AnnounceAsync(form, callSid, assistantId: null);
        return new Twiml(
        [
            Twiml.StartStream(
                StreamParameters.NameOf(callSid),
                TwilioRoutes.MediaStreamUrl(webhook.BaseUrl),
                TwilioRoutes.CallbackUrl(webhook.BaseUrl, TwilioRoutes.StreamStatus),
                parameters.For(callSid, assistantId: null)),
            Twiml.StartRecording(TwilioRoutes.CallbackUrl(webhook.BaseUrl, TwilioRoutes.RecordingStatus)),
            .. goOn,
        ]);
    }

    /// <summary>Puts the call through; null where there is nobody to put it through to.</summary>
    public XElement? Dial(HttpRequest request, VoiceForm form, string baseUrl, bool dialsWhatWasDialled)
    {
        // A plus sign left unescaped in the URL reads as a space.
        var named = request.Query["to"].FirstOrDefault() is { Length: > 0 } text ? text.Replace(' ', '+') : null;
        return (named is not null || dialsWhatWasDialled) && DialRule.NumberToDial(form, named, twilio.Value.CallerId) is { } number
            ? Twiml.Dial(number, twilio.Value.CallerId, TwilioRoutes.CallbackUrl(baseUrl, TwilioRoutes.CallStatus))
            : null;
    }
}
