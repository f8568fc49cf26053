using Microsoft.Extensions.Logging;

namespace Burqi.Ingress.Spool;

internal sealed partial class SpoolDrain
{
    private static partial class Log
    {
        [LoggerMessage(2120, LogLevel.Information, "Published {Count} events from the spool: it is empty")]
        public static partial void Drained(ILogger logger, int count);

        [LoggerMessage(2121, LogLevel.Warning, "The bus is still away: {Count} events wait in the spool")]
        public static partial void StillAway(ILogger logger, int count);

        [LoggerMessage(2122, LogLevel.Error, "Draining the spool stumbled")]
        public static partial void Stumbled(ILogger logger, Exception exception);
    }
}
