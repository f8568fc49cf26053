using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.ArchiveRecording;

internal sealed partial class JobLease
{
    private static partial class Log
    {
        [LoggerMessage(4020, LogLevel.Warning, "The job of recording {RecordingId} was taken over by another worker; this one stops")]
        public static partial void Lost(ILogger logger, Guid recordingId);

        [LoggerMessage(4021, LogLevel.Warning, "The lease on the job of recording {RecordingId} could not be extended: {Reason}")]
        public static partial void NotExtended(ILogger logger, Guid recordingId, string reason);
    }
}
