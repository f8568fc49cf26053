using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.ArchiveRecording;

internal sealed partial class JobAnnouncer
{
    private static partial class Log
    {
        [LoggerMessage(4040, LogLevel.Information, "{Count} recent jobs are announced once more")]
        public static partial void Repeating(ILogger logger, int count);

        [LoggerMessage(4041, LogLevel.Warning, "The announcement of recording {RecordingId} was not confirmed and will be repeated: {Reason}")]
        public static partial void NotConfirmed(ILogger logger, Guid recordingId, string reason);

        [LoggerMessage(4042, LogLevel.Warning, "The job table could not be asked for announcements: {Reason}")]
        public static partial void TableUnreachable(ILogger logger, string reason);
    }
}
