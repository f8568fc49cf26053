using Burqi.Ingress.Spool;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress.Twilio.RecordingStatus;

/// <summary><c>POST /twilio/recording-status</c>: Twilio's own recording has begun, is ready, or will not be. Repeats are told again: their id is the same.</summary>
internal sealed partial class RecordingStatusEndpoint(
    EventOutbox outbox,
    IOptions<IngressOptions> options,
    TimeProvider time,
    ILogger<RecordingStatusEndpoint> logger)
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost(TwilioRoutes.RecordingStatus, (HttpContext context, RecordingStatusEndpoint endpoint) => endpoint.TakeAsync(context))
        .WithName("twilio-recording-status");

    private async Task<IResult> TakeAsync(HttpContext context)
    {
        if (RecordingStatusForm.Read(TwilioWebhook.Of(context).Form, out var malformed) is not { } form)
        {
            return CallbackAnswer.Malformed(malformed!);
        }

        if (RecordingStatusMapper.Map(form, RecordingWishes.Read(context.Request.Query), time.GetUtcNow()) is not { } message)
        {
            Log.UnknownStatus(logger, form.CallSid, form.RecordingSid);
            return CallbackAnswer.Noted();
        }

        var delivery = await outbox.SendAsync(message, options.Value.CallbackDeadline);
        Log.Told(logger, form.CallSid, form.RecordingSid, message.GetType().Name, delivery);
        return CallbackAnswer.Of(delivery);
    }
}
