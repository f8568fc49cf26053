using System.Net;
using Microsoft.Extensions.Logging;

namespace Burqi.Ingress.Twilio;

internal sealed partial class TwilioSignatureFilter
{
    private static partial class Log
    {
        [LoggerMessage(2000, LogLevel.Warning, "Refused a {Kind} webhook that is not Twilio's ({Reason}) from {Peer}")]
        public static partial void Forged(ILogger logger, string kind, string reason, IPAddress? peer);

        [LoggerMessage(2001, LogLevel.Warning, "Refused a {Kind} webhook: {Refusal}")]
        public static partial void Unreadable(ILogger logger, string kind, Refusal refusal);
    }
}
