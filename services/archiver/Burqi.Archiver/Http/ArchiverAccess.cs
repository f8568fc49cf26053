using Burqi.Access;
using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.Http;

/// <summary>The door of the archiver's API: its name, and what is noted of those who may not pass it.</summary>
internal sealed partial class ArchiverAccess(ArchiverMetrics metrics, ILogger<ArchiverAccess> logger) : IAccessLog
{
    /// <summary>The policy that all of the archiver's routes require.</summary>
    public const string Policy = "Burqi.Archiver";

    public void Refused(string method, string? endpoint, bool keyGiven, string? remoteAddress)
    {
        metrics.RequestRefused();
        Log.Refused(logger, method, endpoint, keyGiven, remoteAddress);
    }

    public void Forbidden(string method, string? endpoint, int status, string callerId, string? remoteAddress)
    {
        metrics.RequestRefused();
        Log.Forbidden(logger, method, endpoint, status, callerId, remoteAddress);
    }

    public void Limited() => metrics.RequestRefused();

    private static partial class Log
    {
        [LoggerMessage(4440, LogLevel.Information, "Refused {Method} {Endpoint} with {Status} to {CallerId}, from {RemoteAddress}")]
        public static partial void Forbidden(ILogger logger, string method, string? endpoint, int status, string callerId, string? remoteAddress);

        [LoggerMessage(4150, LogLevel.Warning, "Refused {Method} {Endpoint}: no valid API key (one given: {KeyGiven}), from {RemoteAddress}")]
        public static partial void Refused(ILogger logger, string method, string? endpoint, bool keyGiven, string? remoteAddress);
    }
}
