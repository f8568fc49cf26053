using Burqi.Catalog.Database;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Retention.Sweep;

/// <summary>Has the policies gone through in each interval, for as long as the process lives.</summary>
internal sealed partial class RetentionWorker(
    SweepTurn turn, RetentionSweep sweep, IOptions<RetentionOptions> options, TimeProvider time, ILogger<RetentionWorker> logger) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan UntilMigrated = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Mode == RetentionMode.Off)
        {
            return;
        }

        // Another replica's turn may end with it at any time.
        var pause = options.Value.Interval < LongestPause ? options.Value.Interval : LongestPause;
        try
        {
            while (true)
            {
                var next = pause;
                try
                {
                    await turn.TryAsync(options.Value.Interval, () => sweep.ExecuteAsync(stoppingToken), stoppingToken);
                }
                catch (CatalogUnavailableException)
                {
                    // The schema is not there yet.
                    next = UntilMigrated;
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    // The database is away: what is due stays due.
                    Log.NotSwept(logger, pause, exception);
                }

                await Task.Delay(next, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5217, LogLevel.Warning, "The retention policies could not be gone through to their end; again in {Pause}")]
        public static partial void NotSwept(ILogger logger, TimeSpan pause, Exception exception);
    }
}
