using System.Diagnostics;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Queues;
using Burqi.Archiver.Sources;
using Burqi.Archiver.Stores.Fallback;
using Burqi.Archiver.Waveforms;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.ArchiveRecording;

/// <summary>
/// Takes jobs off the table, as many at once as it may, and writes down how each ended. A process that dies at any point leaves a lease
/// that runs out: the next worker begins the recording again, under the same key.
/// </summary>
internal sealed partial class ArchiveWorker(
    JobQueues queues,
    ExtendLeaseCommand extend,
    CompleteJobCommand complete,
    PostponeJobCommand postpone,
    AbandonJobCommand abandon,
    RecordingTransfer transfer,
    IEnumerable<IJobStep> steps,
    IEnumerable<IProviderSource> providers,
    RecordingMove moves,
    JobSignals signals,
    ArchiverMetrics metrics,
    IOptions<ArchiverOptions> options,
    TimeProvider clock,
    ILogger<ArchiveWorker> logger) : BackgroundService
{
    // The time that is left to hand jobs back when the process is told to stop.
    private static readonly TimeSpan HandBackTimeout = TimeSpan.FromSeconds(5);

    private readonly ArchiverOptions _options = options.Value;
    private readonly Dictionary<string, IJobStep> _steps = steps.ToDictionary(step => step.Step, StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var slots = new SemaphoreSlim(_options.Workers);
        var running = new HashSet<Task>();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await slots.WaitAsync(stoppingToken);
                running.RemoveWhere(task => task.IsCompleted);
                if (await TakeAsync(stoppingToken) is { } taken)
                {
                    running.Add(RunAndReleaseAsync(taken, slots, stoppingToken));
                }
                else
                {
                    slots.Release();
                    await signals.Work.WaitAsync(_options.PollInterval, clock, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }

        await Task.WhenAll(running);
    }

    private async Task<TakenJob?> TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await queues.TakeAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.TableUnreachable(logger, exception.Message);
            return null;
        }
    }

    private async Task RunAndReleaseAsync(TakenJob taken, SemaphoreSlim slots, CancellationToken stopping)
    {
        var end = JobEnd.BrokenOff;
        var isBeside = taken.Job.Step == JobSteps.Waveform; // there is one at most, and no recording waits for it
        if (isBeside)
        {
            slots.Release();
        }

        try
        {
            end = await RunAsync(taken, stopping);
        }
        catch (Exception exception)
        {
            // The outcome could not be written down: the lease runs out and the job is done again, which changes nothing in the store.
            Log.OutcomeLost(logger, taken.Job.RecordingId, exception);
        }
        finally
        {
            queues.Release(taken, end);
            if (!isBeside)
            {
                slots.Release();
            }

            signals.Work.Ring(); // others may have waited for their destination to be less busy
        }
    }

    private async Task<JobEnd> RunAsync(TakenJob taken, CancellationToken stopping)
    {
        var job = taken.Job;
        using var scope = logger.BeginScope(new Dictionary<string, object> { ["CallId"] = job.CallId, ["RecordingId"] = job.RecordingId });
        var lease = new JobLease(job, extend, _options.LeaseDuration, clock, logger, stopping);
        await using (lease)
        {
            TransferException failure;
            try
            {
                if (_steps.TryGetValue(job.Step, out var step))
                {
                    return await step.RunAsync(job, lease.Token) ? JobEnd.Done : JobEnd.BrokenOff;
                }

                await ArchiveAsync(taken, lease.Token);
                return JobEnd.Done;
            }
            catch (OperationCanceledException) when (lease.Token.IsCancellationRequested)
            {
                if (stopping.IsCancellationRequested)
                {
                    await HandBackAsync(job);
                }

                return JobEnd.BrokenOff;
            }
            catch (LeaseLostException exception)
            {
                Log.NotOurs(logger, job.RecordingId, exception.Message);
                return JobEnd.BrokenOff;
            }
            catch (TransferException exception)
            {
                failure = exception;
            }
            catch (Exception exception)
            {
                Log.Unexpected(logger, job.RecordingId, exception);
                failure = new TransferException(TransferFailure.Unexpected, $"An unexpected error: {exception.GetType().Name}.", exception);
            }

            if (failure.Failure == TransferFailure.StoreMismatch || failure.InnerException is TransferException { Failure: TransferFailure.StoreMismatch })
            {
                metrics.VerificationFailed(taken.Store);
            }

            if (!JobSteps.Transfers(job.Step) || !IsLast(job, failure) || !await TakeWhatLiesThereAsync(job, failure, lease.Token))
            {
                await WriteFailureAsync(job, failure, lease.Token);
            }

            return JobEnd.Failed(failure.Failure);
        }
    }

    private async Task ArchiveAsync(TakenJob taken, CancellationToken cancellationToken)
    {
        var job = taken.Job;
        using var activity = ArchiverTelemetry.StartActivity("archive recording", ActivityKind.Consumer, job);
        Log.Begun(logger, job.RecordingId, job.Attempts, job.SourceKind);
        signals.Announcements.Ring();

        var begun = clock.GetTimestamp();
        try
        {
            var result = await transfer.RunAsync(job, cancellationToken);
            metrics.Finished(clock.GetElapsedTime(begun), job.SourceKind, result.Store, failure: null);
            await CompleteAsync(job, result, begun, cancellationToken);
        }
        catch (Exception exception) when (exception is not LeaseLostException && !cancellationToken.IsCancellationRequested)
        {
            metrics.Finished(clock.GetElapsedTime(begun), job.SourceKind, taken.Store, (exception as TransferException)?.Failure ?? TransferFailure.Unexpected);
            activity?.SetStatus(ActivityStatusCode.Error, exception.Message);
            throw;
        }
    }

    private async Task CompleteAsync(ArchiveJob job, TransferResult result, long begun, CancellationToken cancellationToken)
    {
        NewJob[] followUps = [.. providers.SelectMany(provider => provider.After(job, result)), .. moves.After(job, result), .. WaveformStep.After(job, result)];
        if (await complete.ExecuteAsync(job.Id, job.LeaseId!.Value, result, followUps, cancellationToken))
        {
            metrics.Completed(result);
            Log.Archived(logger, job.RecordingId, result.FileSize, result.Store, clock.GetElapsedTime(begun).TotalMilliseconds);
            signals.Announcements.Ring();
            signals.Work.Ring();
        }
    }

    /// <summary>Before a recording is given up: an earlier attempt may have stored it, whole, and have been killed before it could say so.</summary>
    /// <returns>Whether nothing is left to be written down of the failure.</returns>
    private async Task<bool> TakeWhatLiesThereAsync(ArchiveJob job, TransferException failure, CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        try
        {
            if (await transfer.FindStoredAsync(job, cancellationToken) is not { } stored)
            {
                return false;
            }

            Log.LayThere(logger, job.RecordingId, stored.Store, failure.Message);
            await CompleteAsync(job, stored, begun, cancellationToken);
            return true;
        }
        catch (TransferException unknown)
        {
            if (IsLast(job, unknown))
            {
                return false;
            }

            await WriteFailureAsync(job, unknown, cancellationToken);
            return true;
        }
    }

    /// <summary>Whether no further attempt follows this failure.</summary>
    private bool IsLast(ArchiveJob job, TransferException failure)
    {
        var triedFor = clock.GetUtcNow().UtcDateTime - (job.TakenUpAt ?? clock.GetUtcNow().UtcDateTime);
        return failure.IsPermanent || (triedFor >= _options.GiveUpAfter && !failure.IsPatient);
    }

    private async Task WriteFailureAsync(ArchiveJob job, TransferException failure, CancellationToken cancellationToken)
    {
        if (IsLast(job, failure))
        {
            if (await abandon.ExecuteAsync(job.Id, job.LeaseId!.Value, failure.Failure, failure.Message, cancellationToken))
            {
                metrics.Died(failure.Failure);
                if (JobSteps.Transfers(job.Step))
                {
                    Log.GivenUp(logger, job.RecordingId, job.Attempts, failure.Message);
                }
                else
                {
                    Log.StepGivenUp(logger, job.Step, job.RecordingId, job.Attempts, failure.Message);
                }

                signals.Announcements.Ring();
            }

            return;
        }

        var delay = Backoff.Delay(job.Attempts, _options, failure.RetryAfter, Random.Shared);
        await postpone.ExecuteAsync(job.Id, job.LeaseId!.Value, delay, failure.Failure, failure.Message, cancellationToken);
        metrics.Retried(job.Step, failure.Failure);
        if (JobSteps.Transfers(job.Step))
        {
            Log.Postponed(logger, job.RecordingId, job.Attempts, delay.TotalSeconds, failure.Message, failure.InnerException);
        }
        else
        {
            Log.StepPostponed(logger, job.Step, job.RecordingId, job.Attempts, delay.TotalSeconds, failure.Message, failure.InnerException);
        }
    }

    private async Task HandBackAsync(ArchiveJob job)
    {
        using var timeout = new CancellationTokenSource(HandBackTimeout, clock);
        await postpone.ExecuteAsync(job.Id, job.LeaseId!.Value, TimeSpan.Zero, failure: null, error: null, timeout.Token);
        Log.HandedBack(logger, job.RecordingId);
    }
}
