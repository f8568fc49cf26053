using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Burqi.Ingress.Twilio.StreamStatus;

/// <summary>
/// <c>POST /twilio/stream-status</c>: what Twilio thinks of the media stream. Media sees the stream itself and tells of it; this is for
/// the operator, above all when a stream never reached us.
/// </summary>
internal sealed partial class StreamStatusEndpoint(IngressTelemetry telemetry, ILogger<StreamStatusEndpoint> logger)
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost(TwilioRoutes.StreamStatus, (HttpContext context, StreamStatusEndpoint endpoint) => endpoint.Take(context))
        .WithName("twilio-stream-status");

    private IResult Take(HttpContext context)
    {
        if (StreamStatusForm.Read(TwilioWebhook.Of(context).Form, out var malformed) is not { } form)
        {
            return CallbackAnswer.Malformed(malformed!);
        }

        telemetry.StreamEvent(form.Event ?? "unknown");
        if (form.Event == "stream-error")
        {
            Log.Error(logger, form.CallSid, form.StreamSid, form.ErrorCode);
        }
        else
        {
            Log.Told(logger, form.CallSid, form.StreamSid, form.Event);
        }

        return CallbackAnswer.Noted();
    }
}
