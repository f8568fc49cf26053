using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.ArchiveRecording;

internal sealed partial class ArchiveWorker
{
    private static partial class Log
    {
        [LoggerMessage(4030, LogLevel.Information, "Archiving recording {RecordingId} from {Source}, attempt {Attempt}")]
        public static partial void Begun(ILogger logger, Guid recordingId, int attempt, string source);

        [LoggerMessage(4031, LogLevel.Information, "Recording {RecordingId} is archived and verified: {Size} bytes in store {Store} after {ElapsedMs} ms")]
        public static partial void Archived(ILogger logger, Guid recordingId, long size, string store, double elapsedMs);

        [LoggerMessage(4032, LogLevel.Warning, "Recording {RecordingId} could not be archived yet, attempt {Attempt}, next in {DelaySeconds} s. {Reason}")]
        public static partial void Postponed(ILogger logger, Guid recordingId, int attempt, double delaySeconds, string reason, Exception? exception);

        [LoggerMessage(4033, LogLevel.Error, "Recording {RecordingId} was given up after {Attempts} attempts. {Reason}")]
        public static partial void GivenUp(ILogger logger, Guid recordingId, int attempts, string reason);

        [LoggerMessage(4034, LogLevel.Information, "The job of recording {RecordingId} was handed back: the process stops")]
        public static partial void HandedBack(ILogger logger, Guid recordingId);

        [LoggerMessage(4035, LogLevel.Warning, "The job table could not be asked for work: {Reason}")]
        public static partial void TableUnreachable(ILogger logger, string reason);

        [LoggerMessage(4036, LogLevel.Error, "How the attempt at recording {RecordingId} ended could not be written down")]
        public static partial void OutcomeLost(ILogger logger, Guid recordingId, Exception exception);

        [LoggerMessage(4037, LogLevel.Error, "Archiving recording {RecordingId} failed in a way that nobody thought of")]
        public static partial void Unexpected(ILogger logger, Guid recordingId, Exception exception);

        [LoggerMessage(4038, LogLevel.Information, "Recording {RecordingId} is left to whoever has its job now: {Reason}")]
        public static partial void NotOurs(ILogger logger, Guid recordingId, string reason);

        [LoggerMessage(4039, LogLevel.Warning, "Recording {RecordingId} lay whole in store {Store}, stored by an attempt that could not tell of it. {Reason}")]
        public static partial void LayThere(ILogger logger, Guid recordingId, string store, string reason);

        [LoggerMessage(4120, LogLevel.Warning, "Step {Step} of recording {RecordingId} could not be done yet, attempt {Attempt}, next in {DelaySeconds} s. {Reason}")]
        public static partial void StepPostponed(
            ILogger logger, string step, Guid recordingId, int attempt, double delaySeconds, string reason, Exception? exception);

        [LoggerMessage(4121, LogLevel.Error, "Step {Step} of recording {RecordingId} was given up after {Attempts} attempts. {Reason}")]
        public static partial void StepGivenUp(ILogger logger, string step, Guid recordingId, int attempts, string reason);
    }
}
