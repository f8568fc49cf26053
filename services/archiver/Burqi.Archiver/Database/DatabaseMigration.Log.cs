using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.Database;

internal sealed partial class DatabaseMigration
{
    private static partial class Log
    {
        [LoggerMessage(4000, LogLevel.Information, "The archiver's schema is up to date")]
        public static partial void Migrated(ILogger logger);

        [LoggerMessage(4001, LogLevel.Warning, "Waiting for the archiver's database (BURQI_DATABASE_URL), attempt {Attempt}: {Reason}")]
        public static partial void Waiting(ILogger logger, int attempt, string reason);
    }
}
