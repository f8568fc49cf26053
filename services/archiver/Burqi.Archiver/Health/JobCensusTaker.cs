using Burqi.Archiver.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.Health;

/// <summary>Counts the jobs now and then: gauges are read on a thread that must not wait for a database.</summary>
internal sealed partial class JobCensusTaker(JobCensusQuery query, ArchiverMetrics metrics, TimeProvider clock, ILogger<JobCensusTaker> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                metrics.Report(await query.ExecuteAsync(stoppingToken));
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Log.NotCounted(logger, exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static partial class Log
    {
        [LoggerMessage(4050, LogLevel.Warning, "The jobs could not be counted: {Reason}")]
        public static partial void NotCounted(ILogger logger, string reason);
    }
}
