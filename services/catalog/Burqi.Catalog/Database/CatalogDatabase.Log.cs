using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Database;

internal sealed partial class CatalogDatabase
{
    private static partial class Log
    {
        [LoggerMessage(5010, LogLevel.Warning, "The database cannot be written to; trying again in {PauseMs} ms: {Reason}")]
        public static partial void WriteWaits(ILogger logger, double pauseMs, string reason);
    }
}
