using Burqi.Ingress.Twilio.Twiml;
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
    CallAnswers answers,
    IOptions<TwilioOptions> twilio,
    ILogger<VoiceEndpoint> logger)
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost(TwilioRoutes.Voice, (HttpContext context, VoiceEndpoint endpoint) => endpoint.AnswerAsync(context, dialsWhatWasDialled: true))
        .AddEndpointFilter<KeepsTheCallAlive>()
        .WithName("twilio-voice");

    /// <summary>The answer to a call that no assistant takes.</summary>
    /// <param name="context">Twilio's request.</param>
    /// <param name="dialsWhatWasDialled">False: only a number that the URL names is dialled, since what was dialled is an assistant's own.</param>
    public async Task<TwimlDocument> AnswerAsync(HttpContext context, bool dialsWhatWasDialled)
    {
        var webhook = TwilioWebhook.Of(context);
        var form = VoiceForm.Read(webhook.Form);
        if (form.CallSid is { } callSid)
        {
            await announcer.AnnounceAsync(form, callSid, assistantId: null);
        }
        else
        {
            Log.NoCallSid(logger);
        }

        return answers.Answer(new CallPlan
        {
            BaseUrl = webhook.BaseUrl,
            CallSid = form.CallSid,
            IsRecorded = true,
            Number = NumberToDial(context.Request, form, dialsWhatWasDialled),
        });
    }

    /// <summary>Whom the call is put through to; null where there is nobody.</summary>
    public string? NumberToDial(HttpRequest request, VoiceForm form, bool dialsWhatWasDialled)
    {
        // A plus sign left unescaped in the URL reads as a space.
        var named = request.Query["to"].FirstOrDefault() is { Length: > 0 } text ? text.Replace(' ', '+') : null;
        return named is not null || dialsWhatWasDialled ? DialRule.NumberToDial(form, named, twilio.Value.CallerId) : null;
    }
}
