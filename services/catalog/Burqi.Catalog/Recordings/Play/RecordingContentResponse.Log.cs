using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Recordings.Play;

internal sealed partial class RecordingContentResponse
{
    private static partial class Log
    {
        [LoggerMessage(5040, LogLevel.Error, "Recording {RecordingId} should be {Size} bytes in the store {Store} and is {ObjectSize} (nothing: it is missing)")]
        public static partial void ObjectMissing(ILogger logger, Guid recordingId, string store, long size, long? objectSize);

        [LoggerMessage(5041, LogLevel.Error, "The store {Store} failed after {Sent} of {Length} bytes of recording {RecordingId}; the response was broken off")]
        public static partial void StoreFailed(ILogger logger, Guid recordingId, string store, long sent, long length, Exception? exception);

        [LoggerMessage(5043, LogLevel.Error, "The store {Store} could not be asked for recording {RecordingId}: {Reason}")]
        public static partial void StoreUnavailable(ILogger logger, Guid recordingId, string store, string reason, Exception exception);

        [LoggerMessage(5042, LogLevel.Debug, "The client of recording {RecordingId} left after {Sent} bytes")]
        public static partial void ClientLeft(ILogger logger, string recordingId, long sent);
    }
}
