using Microsoft.Extensions.Logging;

namespace Burqi.Ingress.Twilio.Voice;

internal sealed partial class VoiceEndpoint
{
    private static partial class Log
    {
        [LoggerMessage(2201, LogLevel.Error, "A call without a valid call sid is put through unrecorded")]
        public static partial void NoCallSid(ILogger logger);
    }
}
