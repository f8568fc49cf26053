using Burqi.Archiver.Reconcile.Heard;
using Burqi.Archiver.Reconcile.Runs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Reconcile;

/// <summary>
/// Takes up runs, one at a time over all replicas, those that were asked for and those that are due by the clock. A process that dies leaves
/// a lease that runs out: the next one begins the run again.
/// </summary>
internal sealed partial class ReconciliationWorker(
    ScheduleReconciliationCommand schedule,
    ClaimReconciliationCommand claim,
    ReconciliationCommands runs,
    ForgetCommand forget,
    ReconciliationScan scan,
    IEnumerable<IProviderRecordings> providers,
    ReconcileSignals signals,
    ReconcileMetrics metrics,
    IOptions<ReconcileOptions> options,
    IOptions<ArchiverOptions> archiver,
    TimeProvider clock,
    ILogger<ReconciliationWorker> logger) : BackgroundService
{
    private const int BeatsPerLease = 3;

    // A run that takes its process down each time is not begun for ever.
    private const int MaxAttempts = 5;

    // So long after the start the first run by the clock of a new database is due at the latest.
    private static readonly TimeSpan LongestFirstWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ForgetInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan HandBackTimeout = TimeSpan.FromSeconds(5);

    private readonly ReconcileOptions _options = options.Value;
    private readonly TimeSpan _lease = archiver.Value.LeaseDuration;
    private readonly string _owner = $"{Environment.MachineName}/{Environment.ProcessId}";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = clock.GetTimestamp();
        long? forgotten = null;
        try
        {
            while (true)
            {
                var busy = false;
                try
                {
                    if (forgotten is null || clock.GetElapsedTime(forgotten.Value) >= ForgetInterval)
                    {
                        await forget.ExecuteAsync(2 * archiver.Value.RepeatAnnouncementsWithin, _options.LongestWindow + _options.LongestRecording, stoppingToken);
                        forgotten = clock.GetTimestamp();
                    }

                    await ScheduleAsync(clock.GetElapsedTime(started), stoppingToken);
                    if (await claim.ExecuteAsync(_owner, _lease, stoppingToken) is { } run)
                    {
                        busy = true;
                        await TakeUpAsync(run, stoppingToken);
                    }
                }
                catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
                {
                    busy = false;
                    Log.TableUnreachable(logger, exception.Message);
                }

                if (!busy)
                {
                    await signals.Runs.WaitAsync(_options.PollInterval, clock, stoppingToken);
                }
            }
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop; whatever else failed meanwhile does not matter any more.
        }
    }

    private async Task ScheduleAsync(TimeSpan uptime, CancellationToken cancellationToken)
    {
        if (_options.Interval == TimeSpan.Zero)
        {
            return;
        }

        var mayBeFirst = uptime >= (_options.Interval < LongestFirstWait ? _options.Interval : LongestFirstWait);
        foreach (var provider in providers.Where(provider => provider.Lack is null))
        {
            await schedule.ExecuteAsync(provider.Provider, mayBeFirst, _options, cancellationToken);
        }
    }

    private async Task TakeUpAsync(Reconciliation run, CancellationToken stopping)
    {
        using var scope = logger.BeginScope(new Dictionary<string, object> { ["ReconciliationId"] = run.Id });
        using var activity = ArchiverTelemetry.StartReconciliation(run.Id, run.Provider);
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var begun = clock.GetTimestamp();
        Log.Begun(logger, run.Id, run.Provider, run.WindowFrom, run.WindowTo, run.RequestedBy, run.Attempts);

        var beating = BeatAsync(run, lost, done.Token);
        try
        {
            var error = run.Attempts > MaxAttempts
                ? $"It was begun {MaxAttempts} times and each time broken off in the middle."
                : await ScanAsync(run, lost.Token);
            var status = error is null ? ReconciliationStatuses.Completed : ReconciliationStatuses.Failed;
            if (await runs.FinishAsync(run, status, error, lost.Token))
            {
                metrics.Ended(clock.GetElapsedTime(begun), run.Provider, run.RequestedBy, status);
                if (error is null)
                {
                    Log.Ended(logger, run.Id, clock.GetElapsedTime(begun).TotalMilliseconds);
                }
                else
                {
                    Log.Failed(logger, run.Id, error);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await HandBackAsync(run);
        }
        catch (OperationCanceledException)
        {
            Log.Lost(logger, run.Id);
        }
        finally
        {
            await done.CancelAsync();
            await beating;
        }
    }

    /// <summary>Why the run did not come to its end; null where it did.</summary>
    private async Task<string?> ScanAsync(Reconciliation run, CancellationToken cancellationToken)
    {
        try
        {
            return await scan.RunAsync(run, cancellationToken);
        }
        catch (Exception exception) when (ReconciliationScan.Ends(exception))
        {
            // Begun again it would end the same, and no other run could begin meanwhile.
            Log.Unexpected(logger, exception, run.Id);
            return ReconciliationScan.Why(exception);
        }
    }

    private async Task HandBackAsync(Reconciliation run)
    {
        try
        {
            using var timeout = new CancellationTokenSource(HandBackTimeout, clock);
            await runs.HandBackAsync(run, timeout.Token);
            Log.HandedBack(logger, run.Id);
        }
        catch (Exception exception)
        {
            // The lease runs out by itself.
            Log.TableUnreachable(logger, exception.Message);
        }
    }

    /// <summary>Keeps the run this process's own, and stops the work as soon as it is not.</summary>
    private async Task BeatAsync(Reconciliation run, CancellationTokenSource lost, CancellationToken cancellationToken)
    {
        var lastBeat = clock.GetTimestamp();
        using var timer = new PeriodicTimer(_lease / BeatsPerLease, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    if (!await runs.ExtendAsync(run, _lease, cancellationToken))
                    {
                        await lost.CancelAsync();
                        return;
                    }

                    lastBeat = clock.GetTimestamp();
                }
                catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
                {
                    Log.TableUnreachable(logger, exception.Message);
                    if (clock.GetElapsedTime(lastBeat) >= _lease)
                    {
                        await lost.CancelAsync();
                        return;
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work is done.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(4152, LogLevel.Information, "Reconciliation {RunId} with {Provider} begins, {WindowFrom:O} to {WindowTo:O}, asked for by {RequestedBy}, attempt {Attempt}")]
        public static partial void Begun(ILogger logger, Guid runId, string provider, DateTime windowFrom, DateTime windowTo, string requestedBy, int attempt);

        [LoggerMessage(4153, LogLevel.Information, "Reconciliation {RunId} came to its end after {ElapsedMs} ms")]
        public static partial void Ended(ILogger logger, Guid runId, double elapsedMs);

        [LoggerMessage(4154, LogLevel.Error, "Reconciliation {RunId} did not come to its end; what it found stands. {Reason}")]
        public static partial void Failed(ILogger logger, Guid runId, string reason);

        [LoggerMessage(4155, LogLevel.Information, "Reconciliation {RunId} was handed back: the process stops")]
        public static partial void HandedBack(ILogger logger, Guid runId);

        [LoggerMessage(4156, LogLevel.Warning, "Reconciliation {RunId} was taken over by another process; this one stops with it")]
        public static partial void Lost(ILogger logger, Guid runId);

        [LoggerMessage(4157, LogLevel.Warning, "The table of reconciliations could not be asked: {Reason}")]
        public static partial void TableUnreachable(ILogger logger, string reason);

        [LoggerMessage(4158, LogLevel.Error, "Reconciliation {RunId} met with something unexpected")]
        public static partial void Unexpected(ILogger logger, Exception exception, Guid runId);
    }
}
