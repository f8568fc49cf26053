using Burqi.Ingress.Spool;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress.Twilio.RecordingStatus;

/// <summary>
/// <c>POST /twilio/recording-status</c> and <c>POST /recording/status</c>: Twilio's own recording has begun, is ready, or will not be, told in any
/// order. A repeat becomes the same message about the same recording, which changes nothing where it is heard.
/// </summary>
internal sealed partial class RecordingStatusEndpoint(
    EventOutbox outbox,
    IOptions<IngressOptions> options,
    IOptions<TwilioOptions> twilio,
    IngressTelemetry telemetry,
    TimeProvider time,
    ILogger<RecordingStatusEndpoint> logger)
{
    /// <summary>Maps one of the routes.</summary>
    /// <param name="routes">Where: inside the group that checks signatures.</param>
    /// <param name="path">The route's path.</param>
    /// <param name="name">The route's name, which is also the metrics' kind of webhook.</param>
    /// <param name="success">The status that the route's callers are used to.</param>
    public static void Map(IEndpointRouteBuilder routes, string path, string name, int success) => routes
        .MapPost(path, (HttpContext context, RecordingStatusEndpoint endpoint) => endpoint.TakeAsync(context, success))
        .WithName(name);

    private async Task<IResult> TakeAsync(HttpContext context, int success)
    {
        var now = time.GetUtcNow();
        if (RecordingStatusForm.Read(TwilioWebhook.Of(context).Form, now, out var malformed) is not { } form)
        {
            return CallbackAnswer.Malformed(malformed!);
        }

        if (form.Url is { } url && !twilio.Value.IsTwilios(url))
        {
            Log.ForeignUrl(logger, form.CallSid, form.RecordingSid);
        }

        var message = RecordingStatusMapper.Map(form, RecordingWishes.Read(context.Request.Query), now);
        telemetry.RecordingStatus(message is null ? "unknown" : form.Status!);
        if (message is null)
        {
            Log.UnknownStatus(logger, form.CallSid, form.RecordingSid);
            return CallbackAnswer.Noted(success);
        }

        var delivery = await outbox.SendAsync(message, options.Value.CallbackDeadline);
        Log.Told(logger, form.CallSid, form.RecordingSid, message.GetType().Name, delivery);
        return CallbackAnswer.Of(delivery, success);
    }
}
