using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Calls.Track;

internal sealed partial class UpsertCallCommand
{
    private static partial class Log
    {
        [LoggerMessage(5021, LogLevel.Debug, "Call {CallId} was told to be {Told}; it is {Status}")]
        public static partial void Told(ILogger logger, string callId, string told, string status);
    }
}
