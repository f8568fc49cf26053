using Burqi.Archiver.Jobs;
using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.ArchiveRecording;

/// <summary>What both consumers say.</summary>
internal static partial class JobLog
{
    public static void Accepted(ILogger logger, NewJob job)
    {
        if (job.Refusal is null)
        {
            Queued(logger, job.RecordingId, job.SourceKind);
        }
        else
        {
            // The identifiers are what is not to be trusted: they stay in the table and out of the log.
            Refused(logger, job.RecordingId, job.Refusal);
        }
    }

    [LoggerMessage(4012, LogLevel.Information, "Recording {RecordingId} stays where it is: its assistant wants nothing archived")]
    public static partial void NotWanted(ILogger logger, Guid recordingId);

    [LoggerMessage(4010, LogLevel.Information, "The job to archive recording {RecordingId} from {Source} stands in the table")]
    private static partial void Queued(ILogger logger, Guid recordingId, string source);

    [LoggerMessage(4011, LogLevel.Error, "Recording {RecordingId} will not be archived. {Reason}")]
    private static partial void Refused(ILogger logger, Guid recordingId, string reason);
}
