using Burqi.Catalog.Database;
using Microsoft.Extensions.Hosting;

namespace Burqi.Catalog.Announcing;

/// <summary>
/// Publishes what rows have to tell until the broker has confirmed it: the row is the outbox, and is told as it stands. Two replicas may tell the
/// same, which changes nothing. The bell says that there is something to tell (null: it is only looked for); what nobody rang for, or what
/// another replica could not tell any more, is found by looking, once an interval.
/// </summary>
internal abstract class RowAnnouncer(Bell? bell, TimeSpan lookInterval, IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    /// <summary>How many rows are told in one go; one that told fewer rests before the next.</summary>
    protected const int BatchSize = 50;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Tells up to <see cref="BatchSize"/> rows and writes down that they were told; returns how many.</summary>
    protected abstract Task<int> AnnounceBatchAsync(CancellationToken cancellationToken);

    /// <summary>Says in the log that it failed.</summary>
    protected abstract void NotTold(TimeSpan pause, Exception exception);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // A bus in memory drops what is published before the queues are bound.
            await StartedAsync(stoppingToken);
            var pause = ShortestPause;
            while (true)
            {
                try
                {
                    if (await AnnounceBatchAsync(stoppingToken) < BatchSize)
                    {
                        await (bell?.WaitAsync(lookInterval, time, stoppingToken) ?? Task.Delay(lookInterval, time, stoppingToken));
                    }

                    pause = ShortestPause;
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    // Bus or database away, or nobody there to be told: it stays due. That the schema is not there yet is said elsewhere.
                    if (exception is not CatalogUnavailableException)
                    {
                        NotTold(pause, exception);
                    }

                    await Task.Delay(pause, time, stoppingToken);
                    pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process stops.
        }
    }

    private async Task StartedAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(cancellationToken);
    }
}
