using Burqi.Media.Streams;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Burqi.Media.Twilio;

/// <summary>Twilio's media socket: everything that can be refused is refused before the upgrade is accepted.</summary>
internal sealed partial class TwilioMediaEndpoint(TwilioUpgradeSignature signature, MediaSocketUpgrade upgrade, ILogger<TwilioMediaEndpoint> logger)
{
    public const string Route = "/twilio/media-stream";

    /// <summary>Where streams come that audio is sent to as well.</summary>
    public const string TwoWayRoute = "/streams";

    public async Task HandleAsync(HttpContext context)
    {
        if (!await upgrade.IsWebSocketAsync(context))
        {
            return;
        }

        if (!signature.IsValid(context))
        {
            Log.SignatureRefused(logger);
            await upgrade.RefuseAsync(context, StatusCodes.Status403Forbidden, "signature", "The request is not signed by the provider.");
            return;
        }

        var isTwoWay = context.Request.Path.Equals(TwoWayRoute, StringComparison.OrdinalIgnoreCase);
        await upgrade.RunAsync(context, () => new TwilioMediaReader(), start => new TwilioAgentReader(start.StreamId), isTwoWay);
    }

    private static partial class Log
    {
        [LoggerMessage(3015, LogLevel.Warning, "A media stream was refused: its signature is missing or wrong")]
        public static partial void SignatureRefused(ILogger logger);
    }
}
