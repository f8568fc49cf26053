using Microsoft.Extensions.Logging;

namespace Burqi.Media.Announce;

internal sealed partial class RecordingAnnouncer
{
    private static partial class Log
    {
        [LoggerMessage(3030, LogLevel.Information, "Recordings of call {CallId}, stream {StreamId}, are announced")]
        public static partial void Announced(ILogger logger, string callId, string streamId);

        [LoggerMessage(3031, LogLevel.Warning, "A recording of call {CallId} could not be announced, {Failures} failures in a row: again in {Pause}")]
        public static partial void NotAnnounced(ILogger logger, Exception exception, string callId, int failures, TimeSpan pause);
    }
}
