using Microsoft.Extensions.Logging;

namespace Burqi.Ingress.Twilio.StreamStatus;

internal sealed partial class StreamStatusEndpoint
{
    private static partial class Log
    {
        [LoggerMessage(2220, LogLevel.Information, "Call {CallId}, stream {StreamId}: {Event}")]
        public static partial void Told(ILogger logger, string callId, string streamId, string? @event);

        [LoggerMessage(2221, LogLevel.Warning, "Call {CallId}, stream {StreamId}: Twilio could not stream the call's audio (error {Code})")]
        public static partial void Error(ILogger logger, string callId, string streamId, long? code);
    }
}
