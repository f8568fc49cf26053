using Burqi.Catalog.Database;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Completeness;

/// <summary>Looks at calls as they become due, for as long as the process lives.</summary>
internal sealed partial class CompletenessWorker(
    LookAtCallsCommand look,
    OpenAlarmsQuery openAlarms,
    CompletenessMetrics metrics,
    IOptions<CompletenessOptions> options,
    TimeProvider time,
    ILogger<CompletenessWorker> logger) : BackgroundService
{
    // So many are held at once, for as long as it takes to read their recordings; what is told of them meanwhile waits.
    private const int BatchSize = 200;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.2);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.IsOff)
        {
            return;
        }

        // A small part of the time that an alarm may take.
        var pause = TimeSpan.FromTicks(Math.Clamp(options.Value.Within.Ticks / 40, ShortestPause.Ticks, LongestPause.Ticks));
        try
        {
            while (true)
            {
                var next = pause;
                try
                {
                    await RoundAsync(stoppingToken);
                }
                catch (CatalogUnavailableException)
                {
                    // The schema is not there yet.
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    // The database is away: what is due stays due.
                    Log.NotLooked(logger, PauseAfterFailure, exception);
                    next = PauseAfterFailure;
                }

                await Task.Delay(next, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        await look.PutBackAsync(cancellationToken);
        while (await look.ExecuteAsync(BatchSize, cancellationToken) == BatchSize)
        {
            // More may be due.
        }

        metrics.Report(await openAlarms.ExecuteAsync(cancellationToken));
    }

    private static partial class Log
    {
        [LoggerMessage(5152, LogLevel.Warning, "Calls could not be looked at for what is missing of their recordings; again in {Pause}")]
        public static partial void NotLooked(ILogger logger, TimeSpan pause, Exception exception);
    }
}
