using Microsoft.Extensions.Logging;

namespace Burqi.Media.Streams;

internal sealed partial class MediaStreamSession
{
    private static partial class Log
    {
        [LoggerMessage(3000, LogLevel.Information, "Media stream {StreamId} of call {CallId} started")]
        public static partial void StreamStarted(ILogger logger, string callId, string streamId);

        [LoggerMessage(3001, LogLevel.Information, "Media stream {StreamId} of call {CallId} ended: {Ending}, {Malformed} unreadable messages")]
        public static partial void StreamEnded(ILogger logger, string? callId, string? streamId, MediaStreamEnding ending, int malformed);

        [LoggerMessage(3002, LogLevel.Warning, "A message of stream {StreamId}, call {CallId}, is left out, and others like it will be in silence: {Complaint}")]
        public static partial void MessageMalformed(ILogger logger, string? callId, string? streamId, string complaint);

        [LoggerMessage(3003, LogLevel.Warning, "Stream {StreamId} of call {CallId} is closed: a message exceeds {Limit} bytes")]
        public static partial void MessageOversized(ILogger logger, string? callId, string? streamId, int limit);

        [LoggerMessage(3004, LogLevel.Information, "The connection of stream {StreamId}, call {CallId}, broke ({Reason})")]
        public static partial void ConnectionBroken(ILogger logger, string? callId, string? streamId, string reason);

        [LoggerMessage(3005, LogLevel.Warning, "The stream of call {CallId} is closed: it belongs to another account than TWILIO_ACCOUNT_SID")]
        public static partial void ForeignAccount(ILogger logger, string callId);

        [LoggerMessage(3112, LogLevel.Warning, "Stream {StreamId} of call {CallId} is closed: another socket brings it already")]
        public static partial void StreamBroughtTwice(ILogger logger, string callId, string streamId);

        [LoggerMessage(3006, LogLevel.Warning, "The files of stream {StreamId}, call {CallId}, are not final yet; the disk or the bus is slow")]
        public static partial void FinalizingSlow(ILogger logger, string? callId, string? streamId);
    }
}
