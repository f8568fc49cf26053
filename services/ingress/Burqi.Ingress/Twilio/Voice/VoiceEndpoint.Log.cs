using Burqi.Ingress.Spool;
using Microsoft.Extensions.Logging;

namespace Burqi.Ingress.Twilio.Voice;

internal sealed partial class VoiceEndpoint
{
    private static partial class Log
    {
        [LoggerMessage(2200, LogLevel.Information, "Call {CallId} answered: both recordings start (event: {Delivery})")]
        public static partial void Answered(ILogger logger, string callId, Delivery delivery);

        [LoggerMessage(2201, LogLevel.Error, "A call without a valid call sid is put through unrecorded")]
        public static partial void NoCallSid(ILogger logger);

        [LoggerMessage(2202, LogLevel.Error, "Call {CallId} is answered, but its start could not be announced")]
        public static partial void NotAnnounced(ILogger logger, Exception exception, string callId);
    }
}
