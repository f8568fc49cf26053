using Burqi.Contracts.Access;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.Access;

/// <summary>
/// Asks catalog, once the process has started, to tell all keys: the table may be new, or older than what the bus still holds. Until the bus takes the
/// question it is repeated; until it is answered, what was known last is good.
/// </summary>
internal sealed partial class ApiKeysWantedAnnouncer(
    IPublishEndpoint bus, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ApiKeysWantedAnnouncer> logger) : BackgroundService
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // A bus in memory drops what is published before the queues are bound.
            await StartedAsync(stoppingToken);
            for (var pause = ShortestPause; !await TryAskAsync(pause, stoppingToken); pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                // Spread, so that replicas that lost the same broker do not all come back at once.
                await Task.Delay(pause * (0.8 + (0.4 * Random.Shared.NextDouble())), time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private async Task<bool> TryAskAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            await bus.Publish(new ApiKeysWanted { Node = Environment.MachineName, WantedAt = time.GetUtcNow() }, cancellationToken);
            Log.Asked(logger);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotAsked(logger, pause, exception);
            return false;
        }
    }

    private async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(4441, LogLevel.Information, "Catalog was asked for the API keys")]
        public static partial void Asked(ILogger logger);

        [LoggerMessage(4442, LogLevel.Warning, "Catalog could not be asked for the API keys; again in {Pause}: what is known goes on to hold")]
        public static partial void NotAsked(ILogger logger, TimeSpan pause, Exception exception);
    }
}
