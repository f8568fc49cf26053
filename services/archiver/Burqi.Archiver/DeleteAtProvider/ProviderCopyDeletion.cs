using System.Diagnostics;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Sources;
using Burqi.Archiver.Stores;
using Burqi.Assistants;
using Burqi.Contracts.Recordings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.DeleteAtProvider;

/// <summary>
/// One attempt at deleting the provider's own copy of a recording. Everything that speaks for it is looked at again at the very time: what the
/// assistant wants, how long ago it was archived, whether its channels are split off, and whether our copy is there and whole. Whatever is not
/// certain leaves the provider's copy where it is.
/// </summary>
internal sealed partial class ProviderCopyDeletion(
    IEnumerable<IProviderSource> providers,
    RecordingStores stores,
    AssistantDirectory assistants,
    DeletionConditionsQuery conditions,
    CompleteDeletionCommand complete,
    PostponeJobCommand postpone,
    JobSignals signals,
    ArchiverMetrics metrics,
    IOptions<ArchiverOptions> options,
    TimeProvider clock,
    ILogger<ProviderCopyDeletion> logger) : IJobStep
{
    private const string NotWanted = "Its assistant does not, or no longer, ask for it to be deleted.";
    private const string Unknown = "Nothing was heard of its assistant, so nobody asked for it to be deleted.";

    private readonly ArchiverOptions _options = options.Value;
    private readonly long _started = clock.GetTimestamp();

    public string Step => JobSteps.DeleteAtProvider;

    public async Task<bool> RunAsync(ArchiveJob job, CancellationToken cancellationToken)
    {
        using var activity = ArchiverTelemetry.StartActivity("delete at provider", ActivityKind.Consumer, job);
        if (job.AssistantId is { } id && !assistants.WasTold(id))
        {
            await WaitToBeToldAsync(job, cancellationToken);
            return false;
        }

        if (assistants.Find(job.AssistantId)?.DeleteAtProviderAfterDays is not { } days)
        {
            await LeaveAsync(job, NotWanted, cancellationToken);
            return false;
        }

        var now = await conditions.ExecuteAsync(job.RecordingId, days, cancellationToken);
        if (now.DeadSplits > 0)
        {
            throw new TransferException(TransferFailure.Refused, "A channel of the recording could not be split off: the provider's copy stays.");
        }

        var wait = now.DueIn ?? throw new TransferException(TransferFailure.Refused, "The recording is not archived: the provider's copy stays.");
        if (wait > TimeSpan.Zero || now.OpenSplits > 0)
        {
            // Channels are split off within seconds, or have a trouble that lasts: as long again as the deletion has been due.
            var patience = -wait > _options.RetryMaxDelay ? _options.RetryMaxDelay : -wait < _options.RetryBaseDelay ? _options.RetryBaseDelay : -wait;
            await WaitAsync(job, now.OpenSplits == 0 || wait > patience ? wait : patience, isFresh: true, cancellationToken);
            return false;
        }

        await VerifyAsync(job, cancellationToken);
        var provider = providers.FirstOrDefault(candidate => candidate.Provider == job.Provider)
            ?? throw new TransferException(TransferFailure.Refused, "This version cannot delete anything at that provider.");
        await provider.DeleteAsync(job, cancellationToken);
        if (await complete.ExecuteAsync(job.Id, job.LeaseId!.Value, note: null, cancellationToken))
        {
            metrics.DeletedAtProvider();
            Log.Deleted(logger, job.RecordingId);
            signals.Announcements.Ring();
        }

        return true;
    }

    // That the copy stays is no news: the row says it.
    public IReadOnlyList<object> News(ArchiveJob job) => job.DeletedAtProviderAt is null ? [] : [JobAnnouncements.Deleted(job)];

    /// <summary>
    /// What the last process knew of an assistant may have been taken back since, and what is deleted does not come back: nothing is deleted
    /// that this process was not told of. It hears of its assistants soon after its start; one that catalog does not know is never told of.
    /// </summary>
    private async Task WaitToBeToldAsync(ArchiveJob job, CancellationToken cancellationToken)
    {
        // One that wanted it when it was last heard of is worth more patience: while the catalog is away nobody is told of anything.
        var patience = assistants.Find(job.AssistantId)?.DeleteAtProviderAfterDays is null ? _options.UnknownAssistantGrace : _options.GiveUpAfter;
        if (clock.GetElapsedTime(_started) < patience || clock.GetUtcNow().UtcDateTime - job.TakenUpAt < patience)
        {
            await WaitAsync(job, _options.RetryMaxDelay, isFresh: false, cancellationToken);
            return;
        }

        await LeaveAsync(job, Unknown, cancellationToken);
    }

    private async Task LeaveAsync(ArchiveJob job, string note, CancellationToken cancellationToken)
    {
        if (await complete.ExecuteAsync(job.Id, job.LeaseId!.Value, note, cancellationToken))
        {
            Log.Left(logger, job.RecordingId, note);
            signals.Announcements.Ring();
        }
    }

    private async Task WaitAsync(ArchiveJob job, TimeSpan wait, bool isFresh, CancellationToken cancellationToken)
    {
        await postpone.ExecuteAsync(job.Id, job.LeaseId!.Value, wait, failure: null, error: null, cancellationToken, isFresh);
        Log.Waits(logger, job.RecordingId, wait.TotalSeconds);
    }

    /// <summary>That it was verified once does not say that it is there now.</summary>
    private async Task VerifyAsync(ArchiveJob job, CancellationToken cancellationToken)
    {
        var (store, key) = (stores.Named(job.Store), ObjectKey.Parse(job.ObjectKey!));
        if (await StoredObject.AskAsync(() => store.DescribeAsync(key, cancellationToken), cancellationToken) is { Tier: StorageTiers.Archive } archived)
        {
            VerifyInArchive(job, archived);
            return;
        }

        try
        {
            await StoredObject.VerifyAsync(store, key, job.ExpectedSize!.Value, job.ExpectedSha256!, cancellationToken);
        }
        catch (TransferException exception) when (exception.Failure == TransferFailure.StoreMismatch)
        {
            // Not tried again by itself: somebody has to look, and until then the provider's copy may be the only one.
            throw new TransferException(TransferFailure.Refused, $"{exception.Message} The provider's copy stays.", exception);
        }
    }

    /// <summary>Nothing can be read out of an archive tier. What was verified before it went there is what the store says of it now.</summary>
    private void VerifyInArchive(ArchiveJob job, StoredDescription there)
    {
        if (there.Sha256 is null)
        {
            throw new TransferException(
                TransferFailure.Refused, "Our copy lies in the archive tier without a checksum of the audio, as what is encrypted does: the provider's copy stays.");
        }

        if (there.Size != job.ExpectedSize || there.Sha256 != job.ExpectedSha256)
        {
            throw new TransferException(TransferFailure.Refused, "What lies in the archive tier is not what was archived: the provider's copy stays.");
        }

        Log.InArchive(logger, job.RecordingId);
    }

    private static partial class Log
    {
        [LoggerMessage(4113, LogLevel.Information, "Our copy of recording {RecordingId} lies in the archive tier: it is verified by its size and the checksum kept with it")]
        public static partial void InArchive(ILogger logger, Guid recordingId);

        [LoggerMessage(4110, LogLevel.Information, "The provider's copy of recording {RecordingId} is deleted: ours was verified once more")]
        public static partial void Deleted(ILogger logger, Guid recordingId);

        [LoggerMessage(4111, LogLevel.Information, "The provider's copy of recording {RecordingId} stays. {Note}")]
        public static partial void Left(ILogger logger, Guid recordingId, string note);

        [LoggerMessage(4112, LogLevel.Information, "The provider's copy of recording {RecordingId} is looked at again in {DelaySeconds} s")]
        public static partial void Waits(ILogger logger, Guid recordingId, double delaySeconds);
    }
}
