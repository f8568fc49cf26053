using Burqi.Ingress.Spool;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress.Twilio.CallStatus;

/// <summary>
/// <c>POST /twilio/call-status</c>: a call's progress, of the parent call (the number's own status callback) and of the leg it dialled.
/// Callbacks come repeated and out of order; the catalog makes sense of that, here each is told as it came.
/// </summary>
internal sealed partial class CallStatusEndpoint(
    EventOutbox outbox,
    IOptions<IngressOptions> options,
    TimeProvider time,
    ILogger<CallStatusEndpoint> logger)
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost(TwilioRoutes.CallStatus, (HttpContext context, CallStatusEndpoint endpoint) => endpoint.TakeAsync(context))
        .WithName("twilio-call-status");

    private async Task<IResult> TakeAsync(HttpContext context)
    {
        var now = time.GetUtcNow();
        if (CallStatusForm.Read(TwilioWebhook.Of(context).Form, now) is not { } form)
        {
            return CallbackAnswer.Malformed("CallSid");
        }

        if (CallStatusMapper.Map(form, now) is not { } message)
        {
            Log.Noted(logger, form.CallSid, form.ParentCallSid is not null);
            return CallbackAnswer.Noted();
        }

        var delivery = await outbox.SendAsync(message, options.Value.CallbackDeadline);
        Log.Told(logger, form.CallSid, message.GetType().Name, delivery);
        return CallbackAnswer.Of(delivery);
    }
}
