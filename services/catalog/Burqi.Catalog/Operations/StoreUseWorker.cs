using Burqi.Catalog.Database;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Catalog.Operations;

/// <summary>Has it measured now and then how much lies in which store, for as long as the process lives.</summary>
internal sealed partial class StoreUseWorker(MeasureStoreUseCommand measure, TimeProvider time, ILogger<StoreUseWorker> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PauseBeforeSchema = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var next = Pause;
                try
                {
                    await measure.ExecuteAsync(Interval, stoppingToken);
                }
                catch (CatalogUnavailableException)
                {
                    next = PauseBeforeSchema;
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    Log.NotMeasured(logger, exception.Message);
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
        [LoggerMessage(5320, LogLevel.Information, "How much lies in which store could not be added up; it is tried again within a minute: {Reason}")]
        public static partial void NotMeasured(ILogger logger, string reason);
    }
}
