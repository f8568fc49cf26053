using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Audit;

internal sealed partial class AccessLog
{
    private static partial class Log
    {
        [LoggerMessage(5240, LogLevel.Error, "An access ({Event}) could not be noted, so the request is refused")]
        public static partial void NotNoted(ILogger logger, string @event, Exception exception);
    }
}
