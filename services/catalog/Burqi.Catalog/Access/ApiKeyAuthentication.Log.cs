using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Access;

internal sealed partial class ApiKeyAuthentication
{
    private static partial class Log
    {
        [LoggerMessage(5030, LogLevel.Warning, "Refused {Method} {Endpoint}: no valid API key (one given: {KeyGiven}), from {RemoteAddress}")]
        public static partial void Refused(ILogger logger, string method, string? endpoint, bool keyGiven, string? remoteAddress);
    }
}
