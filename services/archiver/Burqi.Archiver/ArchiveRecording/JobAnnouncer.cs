using System.Diagnostics;
using Burqi.Archiver.Jobs;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.ArchiveRecording;

/// <summary>
/// Publishes what the job table says happened, until the broker has confirmed it: the row is the outbox. What was announced lately is
/// announced again on start, since an in-memory bus takes what it had confirmed down with the process; consumers know a repetition.
/// </summary>
internal sealed partial class JobAnnouncer(
    ClaimAnnouncementsCommand claim,
    ConfirmAnnouncementsCommand confirm,
    RepeatAnnouncementsCommand repeat,
    IPublishEndpoint bus,
    IEnumerable<IJobStep> steps,
    JobSignals signals,
    IOptions<ArchiverOptions> options,
    TimeProvider clock,
    ILogger<JobAnnouncer> logger) : BackgroundService
{
    private const int BatchSize = 5;

    // What a process that died had set aside is told within the minute. Should a broker that is slow but never fails make a batch take longer,
    // some of it is told twice, which changes nothing.
    private static readonly TimeSpan BatchLease = TimeSpan.FromSeconds(45);

    private readonly ArchiverOptions _options = options.Value;
    private readonly Dictionary<string, IJobStep> _steps = steps.ToDictionary(step => step.Step, StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RepeatRecentAsync(stoppingToken);
            while (!stoppingToken.IsCancellationRequested)
            {
                if (!await AnnounceBatchAsync(stoppingToken))
                {
                    await signals.Announcements.WaitAsync(_options.PollInterval, clock, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task RepeatRecentAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var repeated = await repeat.ExecuteAsync(_options.RepeatAnnouncementsWithin, cancellationToken);
                Log.Repeating(logger, repeated);
                return;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                Log.TableUnreachable(logger, exception.Message);
                await Task.Delay(_options.PollInterval, clock, cancellationToken);
            }
        }
    }

    /// <summary>True when there was something to say and all of it was said: there may be more.</summary>
    private async Task<bool> AnnounceBatchAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<ArchiveJob> batch;
        try
        {
            batch = await claim.ExecuteAsync([JobSteps.Archive, JobSteps.Split, .. _steps.Keys], BatchSize, BatchLease, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.TableUnreachable(logger, exception.Message);
            return false;
        }

        var reachable = batch.Count > 0;
        foreach (var job in batch)
        {
            // Once the broker failed, the rest of the batch is only let go of: it would wait its ten seconds for every one.
            reachable = await AnnounceAsync(job, reachable, cancellationToken);
        }

        return reachable;
    }

    private async Task<bool> AnnounceAsync(ArchiveJob job, bool reachable, CancellationToken cancellationToken)
    {
        using var activity = reachable ? ArchiverTelemetry.StartActivity("announce recording", ActivityKind.Internal, job) : null;
        var (started, outcome) = (false, false);
        try
        {
            if (reachable && job is { TakenUpAt: not null, StartedAnnouncedAt: null })
            {
                await SayStartedAsync(job, cancellationToken);
                started = true;
            }

            if (reachable && job is { OutcomeAnnouncedAt: null, Status: JobStatuses.Completed or JobStatuses.Dead })
            {
                await SayOutcomeAsync(job, cancellationToken);
                outcome = true;
            }
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NotConfirmed(logger, job.RecordingId, exception.Message);
            reachable = false;
        }

        try
        {
            await confirm.ExecuteAsync(job, started, outcome, cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.TableUnreachable(logger, exception.Message);
            reachable = false;
        }

        return reachable;
    }

    // That something is about to be done to what is archived is no news to anybody.
    private Task SayStartedAsync(ArchiveJob job, CancellationToken cancellationToken) =>
        JobSteps.Transfers(job.Step) ? bus.Publish(JobAnnouncements.Started(job), cancellationToken) : Task.CompletedTask;

    private async Task SayOutcomeAsync(ArchiveJob job, CancellationToken cancellationToken)
    {
        foreach (var message in News(job))
        {
            await bus.Publish(message, message.GetType(), cancellationToken);
        }
    }

    private IReadOnlyList<object> News(ArchiveJob job) => job switch
    {
        _ when !JobSteps.Transfers(job.Step) => _steps[job.Step].News(job),
        { Status: JobStatuses.Completed, Note: not null } => [], // it was deleted first
        { Status: JobStatuses.Completed } => [JobAnnouncements.Archived(job)],
        _ => [JobAnnouncements.Failed(job)],
    };
}
