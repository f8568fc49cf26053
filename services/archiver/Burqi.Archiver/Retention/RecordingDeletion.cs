using System.Diagnostics;
using System.Text.Json;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Sources;
using Burqi.Archiver.Stores;
using Burqi.Contracts.Recordings;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Retention;

/// <summary>
/// One attempt at deleting a recording wherever it lies: the object, the file on the media node, the provider's own copy. Each of them may be gone
/// already, so that an attempt that broke off is made again from the start. What can never be deleted from here is noted, and does not
/// keep the rest.
/// </summary>
internal sealed partial class RecordingDeletion(
    ClearTableCommand clear,
    CompleteRecordingDeletionCommand complete,
    PostponeJobCommand postpone,
    IEnumerable<IProviderSource> providers,
    LocalFileDeletion localFile,
    RecordingStores stores,
    JobSignals signals,
    IOptions<ArchiverOptions> options,
    ILogger<RecordingDeletion> logger) : IJobStep
{
    private const string ToDelete = "delete an object (S3: s3:DeleteObject; Azure: delete)";
    private const string ToSeeIt = "see that an object is gone (S3: s3:GetObject and s3:ListBucket; Azure: read)";
    private const string NoFileKnown = "No media node has announced a file of it: should one do so yet, that file is deleted then.";

    private readonly ArchiverOptions _options = options.Value;

    public string Step => JobSteps.DeleteRecording;

    public async Task<bool> RunAsync(ArchiveJob job, CancellationToken cancellationToken)
    {
        using var activity = ArchiverTelemetry.StartActivity("delete recording", ActivityKind.Consumer, job);
        var known = await clear.ExecuteAsync(job.RecordingId, cancellationToken);
        if (known.WasBusy || known.HasOpenSplits)
        {
            // A worker whose lease was taken away notices within its time, and until then may still put the object where it is to be deleted. Channels
            // are split off within seconds, or their jobs are given up some day.
            var delay = known.WasBusy ? _options.LeaseDuration * 2 : _options.RetryMaxDelay < _options.LeaseDuration ? _options.RetryMaxDelay : _options.LeaseDuration;
            await postpone.ExecuteAsync(job.Id, job.LeaseId!.Value, delay, failure: null, error: null, cancellationToken, isFresh: true);
            Log.Waits(logger, job.RecordingId, delay.TotalSeconds);
            return false;
        }

        // What is ours first: a provider that does not answer, or deletes in its own time, does not keep it.
        var notes = new List<string>();
        await DeleteObjectAsync(known.Archived, cancellationToken);
        if (await localFile.DeleteAsync(known.Archived, job.TakenUpAt + _options.GiveUpAfter, cancellationToken) is { } left)
        {
            notes.Add(left);
        }

        if (known.Archived is { RecordingSource: RecordingSources.Local, SourceKind: ClearTableCommand.NothingKnown })
        {
            notes.Add(NoFileKnown);
        }

        var isDeletedAtProvider = !known.IsDeletedAtProvider && await DeleteAtProviderAsync(known.Archived, notes, cancellationToken);

        var note = notes.Count == 0 ? null : string.Join(' ', notes);
        if (await complete.ExecuteAsync(job, known.Archived.ObjectKey, isDeletedAtProvider, note, cancellationToken))
        {
            Log.Deleted(logger, job.RecordingId, note ?? "Nothing is left of it.");
            signals.Announcements.Ring();
        }

        return true;
    }

    public IReadOnlyList<object> News(ArchiveJob job)
    {
        var deletion = JsonSerializer.Deserialize(job.SourceDetails, RetentionJsonContext.Default.DeletionDetails)!;
        var endedAt = new DateTimeOffset(job.FinishedAt!.Value, TimeSpan.Zero);
        return job switch
        {
            { Status: JobStatuses.Dead } => [Failed(job, deletion, endedAt)],
            { DeletedAtProviderAt: not null, ProviderRecordingId: not null, ObjectKey: not null } => [JobAnnouncements.Deleted(job), Deleted(job, deletion, endedAt)],
            _ => [Deleted(job, deletion, endedAt)],
        };
    }

    private async Task<bool> DeleteAtProviderAsync(ArchiveJob archived, List<string> notes, CancellationToken cancellationToken)
    {
        if (archived.RecordingSource == RecordingSources.Local || archived.SplitFrom is not null)
        {
            return false;
        }

        if (providers.FirstOrDefault(candidate => candidate.Provider == archived.Provider && archived.SourceKind != ClearTableCommand.NothingKnown) is not { } provider)
        {
            notes.Add("Nothing is known of the provider's own copy: it was never fetched from there.");
            return false;
        }

        try
        {
            await provider.DeleteAsync(archived, cancellationToken);
            return true;
        }
        catch (TransferException exception) when (exception.IsPermanent)
        {
            // No credentials any more, or none that may: nobody changes that by waiting, and the rest is to go all the same.
            notes.Add(exception.Message);
            return false;
        }
    }

    private async Task DeleteObjectAsync(ArchiveJob archived, CancellationToken cancellationToken)
    {
        if (archived.ObjectKey is not { } value)
        {
            return;
        }

        // The one that it was verified in, and the other: it may have been on its way there.
        var key = ObjectKey.Parse(value);
        foreach (var store in stores.All.Append(stores.Named(archived.Store)).Distinct())
        {
            await StoredObject.AskForRightAsync(ToDelete, () => DeleteAsync(store), cancellationToken);
            if (await StoredObject.AskForRightAsync(ToSeeIt, () => store.DescribeAsync(key, cancellationToken), cancellationToken) is not null)
            {
                throw new TransferException(TransferFailure.StoreUnavailable, $"The store {store.Name} still has the object that it was told to delete.");
            }
        }

        async Task<bool> DeleteAsync(IRecordingStore store)
        {
            await store.DeleteAsync(key, cancellationToken);
            return true;
        }
    }

    private static RecordingDeleted Deleted(ArchiveJob job, DeletionDetails deletion, DateTimeOffset at) => new()
    {
        RecordingId = job.RecordingId,
        Provider = job.Provider,
        CallId = job.CallId,
        RecordingType = job.RecordingType,
        RecordingSource = job.RecordingSource,
        ProviderRecordingId = job.ProviderRecordingId,
        AssistantId = job.AssistantId,
        DeletionId = deletion.DeletionId,
        Note = job.Note,
        DeletedAt = at,
    };

    private static RecordingDeletionFailed Failed(ArchiveJob job, DeletionDetails deletion, DateTimeOffset at) => new()
    {
        RecordingId = job.RecordingId,
        Provider = job.Provider,
        CallId = job.CallId,
        RecordingType = job.RecordingType,
        RecordingSource = job.RecordingSource,
        ProviderRecordingId = job.ProviderRecordingId,
        AssistantId = job.AssistantId,
        DeletionId = deletion.DeletionId,
        Reason = job.LastError ?? "It was given up.",
        FailedAt = at,
    };

    private static partial class Log
    {
        [LoggerMessage(4363, LogLevel.Information, "Recording {RecordingId} is deleted. {Note}")]
        public static partial void Deleted(ILogger logger, Guid recordingId, string note);

        [LoggerMessage(4364, LogLevel.Information, "Recording {RecordingId} is deleted in {DelaySeconds} s: something else is still being done with it")]
        public static partial void Waits(ILogger logger, Guid recordingId, double delaySeconds);
    }
}
