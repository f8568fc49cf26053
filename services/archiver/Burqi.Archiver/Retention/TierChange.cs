using System.Diagnostics;
using System.Text.Json;
using Burqi.Archiver.Database;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Stores;
using Burqi.Contracts.Recordings;
using Dapper;
using Microsoft.Extensions.Logging;

namespace Burqi.Archiver.Retention;

/// <summary>Has the store keep a recording's object in another tier. A store that has none keeps it as it is, and that is the answer.</summary>
internal sealed partial class TierChange(
    ArchiverDatabase database, CompleteTierCommand complete, RecordingStores stores, JobSignals signals, ILogger<TierChange> logger) : IJobStep
{
    private const string Archived =
        $"""
        select {ArchiveJob.Columns} from archiver.jobs
        where recording_id = @RecordingId and step in ('archive', 'split') and status = 'completed' and object_key is not null and file_size is not null
        """;

    public string Step => JobSteps.SetTier;

    public async Task<bool> RunAsync(ArchiveJob job, CancellationToken cancellationToken)
    {
        using var activity = ArchiverTelemetry.StartActivity("set tier", ActivityKind.Consumer, job);
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
        if (await StoredObject.AskAsync(() => store.SetTierAsync(key, tier, cancellationToken), cancellationToken))
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
