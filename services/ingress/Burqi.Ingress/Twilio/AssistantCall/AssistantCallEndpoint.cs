using Burqi.Assistants;
using Burqi.Ingress.Twilio.RecordingStatus;
using Burqi.Ingress.Twilio.Twiml;
using Burqi.Ingress.Twilio.Voice;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Burqi.Ingress.Twilio.AssistantCall;

/// <summary>
/// <c>POST /twiml?assistant_id=…</c>: Twilio asks what to do with an assistant's call. The answer starts Twilio's own recording, unless the
/// assistant's calls are not recorded, and connects the caller to the two-way stream. What comes after is for when the stream has ended or
/// never came up: the number that the URL names as <c>to</c>, else a sentence. An assistant that this process has never heard of is
/// connected all the same, since media may know it; a call whose URL names none is answered as <c>/twilio/voice</c> answers one for nobody.
/// </summary>
internal sealed partial class AssistantCallEndpoint(
    AssistantDirectory assistants,
    CallStartAnnouncer announcer,
    CallAnswers answers,
    VoiceEndpoint voice,
    ILogger<AssistantCallEndpoint> logger)
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost(TwilioRoutes.AssistantCall, (HttpContext context, AssistantCallEndpoint endpoint) => endpoint.AnswerAsync(context))
        .AddEndpointFilter<KeepsTheCallAlive>()
        .WithName("twiml");

    private async Task<TwimlDocument> AnswerAsync(HttpContext context)
    {
        var webhook = TwilioWebhook.Of(context);
        var form = VoiceForm.Read(webhook.Form);
        var assistantId = context.Request.Query["assistant_id"] is [{ } id] && AssistantId.IsValid(id) ? id : null;
        if (assistantId is null || form.CallSid is not { } callSid)
        {
            Log.NoAssistant(logger, form.CallSid, context.Request.Query.ContainsKey("assistant_id"));
            return await voice.AnswerAsync(context, dialsWhatWasDialled: false);
        }

        var assistant = assistants.Find(assistantId);
        if (assistant is null)
        {
            Log.UnknownAssistant(logger, callSid, assistantId);
        }

        await announcer.AnnounceAsync(form, callSid, assistantId);
        return answers.Answer(new CallPlan
        {
            BaseUrl = webhook.BaseUrl,
            CallSid = callSid,
            AssistantId = assistantId,
            // Of an assistant that is not known here, losing the recording would be worse than having one too many.
            IsRecorded = assistant is not { Enabled: false },
            RecordingQuery = RecordingWishes.Of(assistantId, assistant).ToQuery(),
            Number = voice.NumberToDial(context.Request, form, dialsWhatWasDialled: false),
        });
    }

    private static partial class Log
    {
        [LoggerMessage(2240, LogLevel.Error, "Call {CallId} came to /twiml without a valid assistant_id or call sid (assistant_id given: {IsGiven}): it is answered as any other call")]
        public static partial void NoAssistant(ILogger logger, string? callId, bool isGiven);

        [LoggerMessage(2241, LogLevel.Warning, "Call {CallId} is for assistant {AssistantId}, of which nothing was heard here: it is connected and recorded")]
        public static partial void UnknownAssistant(ILogger logger, string callId, string assistantId);
    }
}
