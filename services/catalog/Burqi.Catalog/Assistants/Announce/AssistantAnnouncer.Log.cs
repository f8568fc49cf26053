using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Assistants.Announce;

internal sealed partial class AssistantAnnouncer
{
    private static partial class Log
    {
        [LoggerMessage(5051, LogLevel.Debug, "{Count} assistants were told")]
        public static partial void Told(ILogger logger, int count);

        [LoggerMessage(5052, LogLevel.Warning, "Assistants could not be told; again in {Pause}")]
        public static partial void NotTold(ILogger logger, TimeSpan pause, Exception exception);
    }
}
