using Burqi.Access;
using Burqi.Catalog.Database;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Access.Keys;

/// <summary>Writes down, once a minute, which keys were used: a write for each request would cost more than it tells.</summary>
internal sealed partial class KeyUseWriter(IKeyTable table, TimeProvider time, ILogger<KeyUseWriter> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await WriteAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops: what the last minute saw is not worth waiting for.
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ((KeyTable)table).WriteUseAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // It is tried again with the next minute's.
            if (exception is not CatalogUnavailableException)
            {
                Log.NotWritten(logger, exception);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5221, LogLevel.Warning, "When API keys were last used could not be written down; again in a minute")]
        public static partial void NotWritten(ILogger logger, Exception exception);
    }
}
