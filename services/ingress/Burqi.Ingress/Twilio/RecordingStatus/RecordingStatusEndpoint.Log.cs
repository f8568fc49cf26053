using Burqi.Ingress.Spool;
using Microsoft.Extensions.Logging;

namespace Burqi.Ingress.Twilio.RecordingStatus;

internal sealed partial class RecordingStatusEndpoint
{
    private static partial class Log
    {
        [LoggerMessage(2230, LogLevel.Information, "Call {CallId}, recording {RecordingSid}: {Event} ({Delivery})")]
        public static partial void Told(ILogger logger, string callId, string recordingSid, string @event, Delivery delivery);

        [LoggerMessage(2231, LogLevel.Warning, "Call {CallId}, recording {RecordingSid}: Twilio gave a status that is not known, and it changes nothing")]
        public static partial void UnknownStatus(ILogger logger, string callId, string recordingSid);

        [LoggerMessage(2232, LogLevel.Warning, "Call {CallId}, recording {RecordingSid}: its RecordingUrl lies outside Twilio; it is not used, the recording is asked for at Twilio")]
        public static partial void ForeignUrl(ILogger logger, string callId, string recordingSid);
    }
}
