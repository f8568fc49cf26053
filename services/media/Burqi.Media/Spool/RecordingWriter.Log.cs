using Burqi.Media.Streams;
using Microsoft.Extensions.Logging;

namespace Burqi.Media.Spool;

internal sealed partial class RecordingWriter
{
    private static partial class Log
    {
        [LoggerMessage(3020, LogLevel.Information, "Recording of call {CallId}, stream {StreamId}, is final: {DurationMs} ms, ended by {Ending}")]
        public static partial void RecordingFinal(ILogger logger, string callId, string streamId, long durationMs, MediaStreamEnding ending);

        [LoggerMessage(3021, LogLevel.Error, "Recording of call {CallId}, stream {StreamId}, failed; the stream goes on and what was written is kept")]
        public static partial void RecordingFailed(ILogger logger, Exception exception, string callId, string streamId);

        [LoggerMessage(3022, LogLevel.Warning, "Manifest of call {CallId}, stream {StreamId}, could not be saved")]
        public static partial void ManifestUnsaved(ILogger logger, Exception exception, string callId, string streamId);

        [LoggerMessage(3023, LogLevel.Warning, "Call {CallId}, stream {StreamId}, was recorded before: this one is not")]
        public static partial void StreamRecordedBefore(ILogger logger, string callId, string streamId);
    }
}
