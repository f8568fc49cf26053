using System.Diagnostics;
using System.Text.Json;
using Burqi.Archiver.Database;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Stores;
using Burqi.Contracts.Recordings;
using Dapper;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Retention;

/// <summary>Has the store keep a recording's object in another tier. A store that has none keeps it as it is, and that is the answer.</summary>
internal sealed partial class TierChange(
    ArchiverDatabase database,
    CompleteTierCommand complete,
    PostponeJobCommand postpone,
    RecordingStores stores,
    JobSignals signals,
    IOptions<ArchiverOptions> options,
    ILogger<TierChange> logger) : IJobStep
{
    private const string Archived =
        $"""
        select {ArchiveJob.Columns} from archiver.jobs
        where recording_id = @RecordingId and step in ('archive', 'split') and status = 'completed' and object_key is not null and file_size is not null
        """;

    private const string ToMove = "move an object to another tier (S3: s3:GetObject and s3:PutObject, and those for the KMS key if there is one; Azure: write)";

    private const string IsToBeMoved =
        "select exists (select from archiver.jobs where recording_id = @RecordingId and step = 'move' and status in ('waiting', 'running'))";

    public string Step => JobSteps.SetTier;

    public async Task<bool> RunAsync(ArchiveJob job, CancellationToken cancellationToken)
    {
        using var activity = ArchiverTelemetry.StartActivity("set tier", ActivityKind.Consumer, job);
        if (await IsToBeMovedAsync(job.RecordingId, cancellationToken))
        {
            // The copy in the first store begins in no tier, and is read once more before the other goes: out of an archive it could not be.
            await postpone.ExecuteAsync(job.Id, job.LeaseId!.Value, options.Value.RetryMaxDelay, failure: null, error: null, cancellationToken, isFresh: true);
            return false;
        }

        var (liesIn, note) = await MoveAsync(job, Details(job).Tier, cancellationToken);
        if (await complete.ExecuteAsync(job, liesIn, note, cancellationToken))
        {
            Log.Moved(logger, job.RecordingId, liesIn, note ?? "");
            signals.Announcements.Ring();
        }

        return true;
    }

    public IReadOnlyList<object> News(ArchiveJob job) => job.Status != JobStatuses.Completed || Details(job).LiesIn is not { } liesIn
        ? []
        :
        [
            new RecordingTierChanged
            {
                RecordingId = job.RecordingId,
                Provider = job.Provider,
                CallId = job.CallId,
                RecordingType = job.RecordingType,
                RecordingSource = job.RecordingSource,
                ProviderRecordingId = job.ProviderRecordingId,
                AssistantId = job.AssistantId,
                Tier = liesIn,
                Note = job.Note,
                ChangedAt = new DateTimeOffset(job.FinishedAt!.Value, TimeSpan.Zero),
            },
        ];

    private async Task<bool> IsToBeMovedAsync(Guid recordingId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(IsToBeMoved, new { RecordingId = recordingId }, cancellationToken: cancellationToken));
    }

    private async Task<(string LiesIn, string? Note)> MoveAsync(ArchiveJob job, string tier, CancellationToken cancellationToken)
    {
        ArchiveJob? archived;
        await using (var connection = await database.OpenAsync(cancellationToken))
        {
            archived = await connection.QuerySingleOrDefaultAsync<ArchiveJob>(
                new CommandDefinition(Archived, new { job.RecordingId }, cancellationToken: cancellationToken));
        }

        if (archived is null)
        {
            return (StorageTiers.Hot, "It is not archived: there is no object that could be moved.");
        }

        var store = stores.Named(archived.Store);
        var key = ObjectKey.Parse(archived.ObjectKey!);
        if (await StoredObject.AskForRightAsync(ToMove, () => store.SetTierAsync(key, tier, cancellationToken), cancellationToken))
        {
            return (tier, null);
        }

        var found = await StoredObject.AskAsync(() => store.DescribeAsync(key, cancellationToken), cancellationToken);
        return (found?.Tier ?? StorageTiers.Hot, $"The store {store.Name} has no tier {tier}.");
    }

    private static TierDetails Details(ArchiveJob job) => JsonSerializer.Deserialize(job.SourceDetails, RetentionJsonContext.Default.TierDetails)!;

    private static partial class Log
    {
        [LoggerMessage(4365, LogLevel.Information, "Recording {RecordingId} lies in the tier {Tier}. {Note}")]
        public static partial void Moved(ILogger logger, Guid recordingId, string tier, string note);
    }
}
