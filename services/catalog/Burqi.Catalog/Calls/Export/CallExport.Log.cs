using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Calls.Export;

internal sealed partial class CallExport
{
    private static partial class Log
    {
        [LoggerMessage(5260, LogLevel.Information, "Exported call {CallId}: {Files} files, {Bytes} bytes")]
        public static partial void Exported(ILogger logger, string callId, int files, long bytes);

        [LoggerMessage(5261, LogLevel.Error, "The export of call {CallId} was broken off at recording {RecordingId}: {Reason}")]
        public static partial void BrokenOff(ILogger logger, string callId, Guid recordingId, string reason, Exception? exception);

        [LoggerMessage(5262, LogLevel.Warning, "Call {CallId} cannot be exported: recording {RecordingId} cannot be read from its store")]
        public static partial void Unreadable(ILogger logger, string callId, Guid recordingId, Exception exception);
    }
}
