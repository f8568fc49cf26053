using System.Diagnostics;
using System.Xml.Linq;
using Burqi.Contracts;
using Burqi.Contracts.Calls;
using Burqi.Ingress.Spool;
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
    EventOutbox outbox,
    IOptions<IngressOptions> ingress,
    IOptions<TwilioOptions> twilio,
    TimeProvider time,
    ILogger<VoiceEndpoint> logger)
{
    private const string NobodyToDial = "This call is recorded. There is nobody to connect you to. Please say what you have to say, and hang up.";

    /// <summary>How long a caller whom nobody answers may speak: a pause keeps the call, and so its recordings, alive.</summary>
    private static readonly TimeSpan TimeToSpeak = TimeSpan.FromMinutes(5);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost(TwilioRoutes.Voice, (HttpContext context, VoiceEndpoint endpoint) => endpoint.AnswerAsync(context))
        .WithName("twilio-voice");

    private async Task<Twiml> AnswerAsync(HttpContext context)
    {
        var webhook = TwilioWebhook.Of(context);
        var form = VoiceForm.Read(webhook.Form);
        var goOn = GoOn(form, NamedByUrl(context.Request), webhook.BaseUrl);
        if (form.CallSid is not { } callSid)
        {
            Log.NoCallSid(logger);
            return new Twiml([.. goOn]);
        }

        await AnnounceAsync(form, callSid);
        return new Twiml(
        [
            Twiml.StartStream(
                // Unique per call, as Twilio wants it.
                "burqi-" + callSid,
                TwilioRoutes.MediaStreamUrl(webhook.BaseUrl),
                TwilioRoutes.CallbackUrl(webhook.BaseUrl, TwilioRoutes.StreamStatus),
                Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null),
            Twiml.StartRecording(TwilioRoutes.CallbackUrl(webhook.BaseUrl, TwilioRoutes.RecordingStatus)),
            .. goOn,
        ]);
    }

    // A plus sign left unescaped in the URL reads as a space.
    private static string? NamedByUrl(HttpRequest request) =>
        request.Query["to"].FirstOrDefault() is { Length: > 0 } number ? number.Replace(' ', '+') : null;

    private IEnumerable<XElement> GoOn(VoiceForm form, string? namedByUrl, string baseUrl) =>
        DialRule.NumberToDial(form, namedByUrl, twilio.Value.CallerId) is { } number
            ? [Twiml.Dial(number, twilio.Value.CallerId, TwilioRoutes.CallbackUrl(baseUrl, TwilioRoutes.CallStatus))]
            : [Twiml.Say(NobodyToDial), Twiml.Pause(TimeToSpeak)];

    private async Task AnnounceAsync(VoiceForm form, string callSid)
    {
        try
        {
            var delivery = await outbox.SendAsync(
                new CallStarted
                {
                    Provider = Providers.Twilio,
                    CallId = callSid,
                    AccountId = form.AccountSid,
                    ParentCallId = form.ParentCallSid,
                    Direction = form.Direction,
                    From = form.From,
                    To = form.To,
                    StartedAt = time.GetUtcNow(),
                },
                ingress.Value.VoiceDeadline);
            Log.Answered(logger, callSid, delivery);
        }
        catch (Exception exception)
        {
            // The call's row can still come from its status callbacks and recordings; the call itself must not wait for it.
            Log.NotAnnounced(logger, exception, callSid);
        }
    }
}
