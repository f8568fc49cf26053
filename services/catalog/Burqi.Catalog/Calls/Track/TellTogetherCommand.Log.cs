using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Calls.Track;

internal sealed partial class TellTogetherCommand
{
    private static partial class Log
    {
        [LoggerMessage(5340, LogLevel.Warning, "What is told of call {CallId} cannot be written while others hold its rows; it is tried again, and no other call waits for it")]
        public static partial void SetAside(ILogger logger, string callId);
    }
}
