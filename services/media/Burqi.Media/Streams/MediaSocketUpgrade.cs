using Burqi.Media.Spool;
using Burqi.Media.Tee;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Streams;

/// <summary>From a request that a provider's endpoint has found good to a running session; and how every one that is not good is answered.</summary>
internal sealed partial class MediaSocketUpgrade(
    MediaStreams streams,
    LiveRecordings recordings,
    StreamAdmission admission,
    RecordingServices services,
    IOptions<MediaOptions> options,
    MediaTelemetry telemetry,
    ILogger<MediaStreamSession> logger)
{
    /// <summary>Well below the idle timeouts of common proxies; while frames arrive none is sent.</summary>
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(15);

    /// <summary>Whether it is an upgrade at all; one that is none has been answered.</summary>
    public async Task<bool> IsWebSocketAsync(HttpContext context)
    {
        if (context.WebSockets.IsWebSocketRequest)
        {
            return true;
        }

        context.Response.Headers.Upgrade = "websocket";
        await RefuseAsync(context, StatusCodes.Status426UpgradeRequired, "not_a_websocket", "This address takes WebSocket connections only.");
        return false;
    }

    /// <summary>Accepts the socket, if there is a place for it, and runs its session to the end.</summary>
    /// <param name="context">The request.</param>
    /// <param name="createReader">Makes the reader of what the provider sends.</param>
    /// <param name="createAgentReader">Makes the reader of what an agent sends to the provider.</param>
    /// <param name="isTwoWay">Whether streams that come here are two-way whatever else is known of them.</param>
    public async Task RunAsync(
        HttpContext context, Func<IMediaMessageReader> createReader, Func<StreamStart, IAgentMessageReader> createAgentReader, bool isTwoWay)
    {
        if (!streams.TryEnter())
        {
            Log.NoPlace(logger);
            context.Response.Headers.RetryAfter = "1";
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "no_place", "This node takes no further streams now.");
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
            using var session = new MediaStreamSession(socket, createReader(), createAgentReader, isTwoWay, services, streams, recordings, admission, logger);
            await session.RunAsync();
        }
        finally
        {
            streams.Leave();
        }
    }

    /// <summary>Answers a request that is not accepted.</summary>
    public async Task RefuseAsync(HttpContext context, int status, string reason, string detail)
    {
        telemetry.UpgradeRefused(reason);
        await TypedResults.Problem(detail, statusCode: status).ExecuteAsync(context);
    }

    private static partial class Log
    {
        [LoggerMessage(3016, LogLevel.Warning, "A media stream was refused: every place is taken, or the process is stopping")]
        public static partial void NoPlace(ILogger logger);
    }
}
