using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Audit.Seals;

internal sealed partial class SealEventsCommand
{
    private static partial class Log
    {
        [LoggerMessage(5241, LogLevel.Critical, "Event {EventId} was removed from catalog.recording_events before it could be sealed, although nothing is ever removed from it")]
        public static partial void EventGone(ILogger logger, long eventId);

        [LoggerMessage(5242, LogLevel.Critical, "The chain of seals was changed behind this process: seal {Position} with the hash {Hash} is not in it any more, and it ends at {Last}")]
        public static partial void ChainChanged(ILogger logger, long position, string hash, long last);
    }
}
