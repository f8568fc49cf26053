using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Database;

internal sealed partial class DatabaseMigration
{
    private static partial class Log
    {
        [LoggerMessage(5000, LogLevel.Information, "The schema catalog is up to date")]
        public static partial void Migrated(ILogger logger);

        [LoggerMessage(5001, LogLevel.Error, "The schema catalog could not be brought up to date; trying again in {PauseSeconds} s")]
        public static partial void NotMigrated(ILogger logger, double pauseSeconds, Exception exception);
    }
}
