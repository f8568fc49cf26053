using Microsoft.Extensions.Logging;

namespace Burqi.Ingress.Spool;

internal sealed partial class EventOutbox
{
    private static partial class Log
    {
        [LoggerMessage(2110, LogLevel.Warning, "The bus did not confirm {Event}")]
        public static partial void NotConfirmed(ILogger logger, Exception exception, string @event);

        [LoggerMessage(2111, LogLevel.Error, "{Event} could not be written to the spool")]
        public static partial void NotKept(ILogger logger, Exception exception, string @event);

        [LoggerMessage(2112, LogLevel.Critical, "{Event} is neither on the bus nor on disk: the provider is asked to repeat it")]
        public static partial void Lost(ILogger logger, string @event);
    }
}
