using Burqi.Media.Spool;
using Burqi.Media.Streams;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Twilio;

/// <summary>Twilio's media socket: everything that can be refused is refused before the upgrade is accepted.</summary>
internal sealed partial class TwilioMediaEndpoint(
    TwilioUpgradeSignature signature,
    MediaStreams streams,
    RecordingServices services,
    IOptions<MediaOptions> options,
    MediaTelemetry telemetry,
    ILogger<TwilioMediaEndpoint> logger)
{
    public const string Route = "/twilio/media-stream";

    /// <summary>Well below the idle timeouts of common proxies; while frames arrive none is sent.</summary>
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(15);

    public async Task HandleAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.Headers.Upgrade = "websocket";
            await Refuse(context, StatusCodes.Status426UpgradeRequired, "not_a_websocket", "This address takes WebSocket connections only.");
            return;
        }

        if (!signature.IsValid(context))
        {
            Log.SignatureRefused(logger);
            await Refuse(context, StatusCodes.Status403Forbidden, "signature", "The request is not signed by the provider.");
            return;
        }

        if (!streams.TryEnter())
        {
            Log.NoPlace(logger);
            context.Response.Headers.RetryAfter = "1";
            await Refuse(context, StatusCodes.Status503ServiceUnavailable, "no_place", "This node takes no further streams now.");
            return;
        }

        try
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                KeepAliveInterval = KeepAliveInterval,

                // A peer that answers no ping is not cut off sooner than one that says nothing at all.
                KeepAliveTimeout = options.Value.IdleTimeout,
            });
            using var session = new MediaStreamSession(socket, new TwilioMediaReader(), services, streams, logger);
            await session.RunAsync();
        }
        finally
        {
            streams.Leave();
        }
    }

    private async Task Refuse(HttpContext context, int status, string reason, string detail)
    {
        telemetry.UpgradeRefused(reason);
        await TypedResults.Problem(detail, statusCode: status).ExecuteAsync(context);
    }

    private static partial class Log
    {
        [LoggerMessage(3015, LogLevel.Warning, "A media stream was refused: its signature is missing or wrong")]
        public static partial void SignatureRefused(ILogger logger);

        [LoggerMessage(3016, LogLevel.Warning, "A media stream was refused: every place is taken, or the process is stopping")]
        public static partial void NoPlace(ILogger logger);
    }
}
