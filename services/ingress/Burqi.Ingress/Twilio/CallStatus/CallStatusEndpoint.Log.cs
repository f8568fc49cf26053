using Burqi.Ingress.Spool;
using Microsoft.Extensions.Logging;

namespace Burqi.Ingress.Twilio.CallStatus;

internal sealed partial class CallStatusEndpoint
{
    private static partial class Log
    {
        [LoggerMessage(2210, LogLevel.Information, "Call {CallId}: {Event} ({Delivery})")]
        public static partial void Told(ILogger logger, string callId, string @event, Delivery delivery);

        [LoggerMessage(2211, LogLevel.Debug, "Call {CallId}: a status that changes nothing (of a dialled leg: {IsChild})")]
        public static partial void Noted(ILogger logger, string callId, bool isChild);
    }
}
