using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Recordings.Track;

internal sealed partial class UpsertRecordingCommand
{
    private static partial class Log
    {
        [LoggerMessage(5020, LogLevel.Debug, "Recording {RecordingId} of call {CallId} was told to be {Told}; it is {Status}")]
        public static partial void Told(ILogger logger, Guid recordingId, string callId, string told, string status);

        [LoggerMessage(5022, LogLevel.Debug, "Recording {RecordingId} of call {CallId} was told to be {Told}; its assistant wants no row")]
        public static partial void NotWanted(ILogger logger, Guid recordingId, string callId, string told);
    }
}
