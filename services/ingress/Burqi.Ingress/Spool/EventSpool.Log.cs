using Microsoft.Extensions.Logging;

namespace Burqi.Ingress.Spool;

internal sealed partial class EventSpool
{
    private static partial class Log
    {
        [LoggerMessage(2100, LogLevel.Information, "Found {Count} events in the spool: they are published first")]
        public static partial void Found(ILogger logger, int count);

        [LoggerMessage(2101, LogLevel.Error, "Set the spool file {File} aside: it cannot be read")]
        public static partial void SetAside(ILogger logger, Exception exception, string file);

        [LoggerMessage(2102, LogLevel.Error, "The spool file {File} could not be moved to the set-aside folder and stays where it is, ignored")]
        public static partial void NotMovedAside(ILogger logger, Exception exception, string file);
    }
}
