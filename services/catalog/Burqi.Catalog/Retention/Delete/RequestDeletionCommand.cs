using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Access;
using Burqi.Catalog.Audit;
using Burqi.Catalog.Calls.Track;
using Burqi.Catalog.Database;
using Burqi.Catalog.Recordings;
using Burqi.Catalog.Recordings.Events;
using Burqi.Catalog.Recordings.Track;
using Burqi.Catalog.Recordings.Upgrade;
using Burqi.Catalog.Retention.Plan;
using Burqi.Contracts.Recordings;
using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Burqi.Catalog.Retention.Delete;

/// <summary>
/// Decides that a recording is deleted, unless something speaks against it, and writes that down as one change. Under the call's lock: a legal
/// hold that comes at the same instant is either seen here or sees this.
/// </summary>
internal sealed partial class RequestDeletionCommand(
    CatalogDatabase database, UpgradeMixCommand upgradeMix, RetentionMetrics metrics, ILogger<RequestDeletionCommand> logger)
{
    private const string Find =
        $$"""
        select
            recording.provider as Provider, recording.recording_source as Source, recording.recording_type as Type, recording.status as Status,
            recording.told = '{}' as IsStandIn, clock_timestamp() as Now,
            coalesce(known.is_deletable, false) as IsDeletable, known.shown_by as ShownBy,
            exists (select from catalog.legal_holds hold where hold.call_id = recording.call_id) as IsHeld,
            coalesce(
                known.counted_from <= now() - make_interval(days => @days) and (known.assistant_id, known.kind) = (@assistantId, @kind), false) as IsDue,
            recording.format as Format, recording.sample_rate as SampleRate, recording.channels as Channels, recording.duration_ms as DurationMs,
            recording.file_size as FileSize, recording.sha256 as Sha256, recording.recording_sid as Sid, recording.assistant_id as AssistantId,
            recording.started_at as StartedAt, recording.ended_at as EndedAt, recording.listed_at as ListedAt
        from catalog.recordings recording
        left join catalog.recording_retention known on known.recording_id = recording.id
        where recording.id = @recordingId and recording.call_id = @callId and {{VisibleRows.RecordingCondition}}
        """;

    private const string FindAsked =
        $"select {RequestedDeletion.Columns} from catalog.recording_deletions where recording_id = @recordingId and failure is null";

    private const string Insert =
        $"""
        insert into catalog.recording_deletions (id, recording_id, call_id, reason, announced_at, answered_at)
        values (@id, @recordingId, @callId, @reason, case when @isDone then clock_timestamp() end, case when @isDone then clock_timestamp() end)
        on conflict (recording_id) do update set
            id = excluded.id, reason = excluded.reason, requested_at = clock_timestamp(), announced_at = excluded.announced_at,
            answered_at = excluded.answered_at, failure = null
        returning {RequestedDeletion.Columns}
        """;

    private const string Close = "update catalog.recording_retention set deletion_id = @id where recording_id = @recordingId";

    /// <summary>Decides it because somebody asked.</summary>
    public Task<(DeletionOutcome Outcome, RequestedDeletion? Deletion)> BecauseAskedAsync(
        string callId, Guid recordingId, Caller caller, CancellationToken cancellationToken) =>
        ExecuteAsync(callId, recordingId, caller, "Asked for by the holder of an API key.", rule: null, cancellationToken);

    /// <summary>Decides it because its policy is over, if that is so.</summary>
    public Task<(DeletionOutcome Outcome, RequestedDeletion? Deletion)> BecauseDueAsync(
        string callId, Guid recordingId, DueRule rule, CancellationToken cancellationToken) =>
        ExecuteAsync(callId, recordingId, Caller.Burqi, rule.Reason, rule, cancellationToken);

    private async Task<(DeletionOutcome Outcome, RequestedDeletion? Deletion)> ExecuteAsync(
        string callId, Guid recordingId, Caller caller, string reason, DueRule? rule, CancellationToken cancellationToken)
    {
        var (outcome, deletion, isNew) = await database.ReadAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await connection.ExecuteAsync(new CommandDefinition(TellOfCallCommand.Lock, new { callId }, cancellationToken: cancellationToken));
                var known = await connection.QuerySingleOrDefaultAsync<Known>(new CommandDefinition(
                    Find,
                    new { recordingId, callId, caller.AssistantIds, days = rule?.Days ?? 0, assistantId = rule?.AssistantId ?? "", kind = rule?.Kind ?? "" },
                    cancellationToken: cancellationToken));
                var asked = await connection.QuerySingleOrDefaultAsync<RequestedDeletion>(
                    new CommandDefinition(FindAsked, new { recordingId }, cancellationToken: cancellationToken));
                var refusal = Refusal(known, asked, rule);
                if (refusal != DeletionOutcome.Requested || asked is not null)
                {
                    return (refusal, asked, false);
                }

                var requested = await WriteAsync(connection, callId, recordingId, known!, reason, rule is null ? Asker.Of(caller) : null, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return (DeletionOutcome.Requested, requested, true);
            },
            cancellationToken);
        if (isNew)
        {
            metrics.Requested(RetentionActions.Delete, rule is null ? "request" : "policy");
            Log.Requested(logger, recordingId, callId, reason);
        }

        return (outcome, outcome == DeletionOutcome.Requested ? deletion : null);
    }

    private static DeletionOutcome Refusal(Known? known, RequestedDeletion? asked, DueRule? rule) => known switch
    {
        null => DeletionOutcome.NoSuchRecording,
        { Status: RecordingStatuses.Deleted } => DeletionOutcome.Deleted,
        { IsHeld: true } => DeletionOutcome.Held,
        _ when asked is not null => DeletionOutcome.Requested,
        { Status: RecordingStatuses.Recording } => DeletionOutcome.StillRecording,
        { Status: RecordingStatuses.Absent } => DeletionOutcome.HasNoAudio,
        { IsDeletable: false } => DeletionOutcome.NotArchived,
        { ShownBy: not null } => DeletionOutcome.ShownByMix,
        { IsDue: false } when rule is not null => DeletionOutcome.NotDue,
        _ => DeletionOutcome.Requested,
    };

    private async Task<RequestedDeletion> WriteAsync(
        NpgsqlConnection connection, string callId, Guid recordingId, Known known, string reason, Asker? asker, CancellationToken cancellationToken)
    {
        var deletion = await connection.QuerySingleAsync<RequestedDeletion>(new CommandDefinition(
            Insert, new { id = Guid.CreateVersion7(), recordingId, callId, reason, isDone = known.IsStandIn }, cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(Close, new { id = deletion.DeletionId, recordingId }, cancellationToken: cancellationToken));

        // A row that stands for a mix has no object: it is a tombstone at once, and everything that it showed is told of it, since nobody else did.
        var (status, facts) = known.IsStandIn ? (RecordingStatuses.Deleted, Tombstone(known)) : (RecordingStatuses.Captured, Facts(RecordingStatuses.Captured, known));
        facts.Metadata("deletion_id", deletion.DeletionId.ToString())
            .Metadata("deletion_requested_at", new DateTimeOffset(deletion.RequestedAt, TimeSpan.Zero))
            .Metadata("deletion_reason", reason);
        await UpsertRecordingCommand.TellAsync(
            connection, new(recordingId, callId, known.Provider, known.Source, known.Type), status, facts, cancellationToken);
        await upgradeMix.ExecuteAsync(connection, [callId], cancellationToken);

        var details = new JsonObject { ["deletion_id"] = deletion.DeletionId.ToString(), ["reason"] = reason };
        await RecordingEventLog.AppendAsync(connection, RecordingEventNames.DeletionRequested, callId, recordingId, asker, details, cancellationToken);
        if (known.IsStandIn)
        {
            await RecordingEventLog.AppendAsync(
                connection, RecordingEventNames.Deleted, callId, recordingId, actor: null, details.DeepClone().AsObject(), cancellationToken);
        }

        return deletion;
    }

    private static ToldFacts Facts(string status, Known known) => ToldFacts.Latest(RecordingStatus.Rank(status), new DateTimeOffset(known.Now, TimeSpan.Zero));

    private static ToldFacts Tombstone(Known known) => Facts(RecordingStatuses.Deleted, known)
        .Column("format", known.Format)
        .Column("sample_rate", known.SampleRate)
        .Column("channels", known.Channels)
        .Column("duration_ms", known.DurationMs)
        .Column("file_size", known.FileSize)
        .Column("sha256", known.Sha256)
        .Column("recording_sid", known.Sid)
        .Column("assistant_id", known.AssistantId)
        .Column("started_at", Time(known.StartedAt))
        .Column("ended_at", Time(known.EndedAt))
        .Column("listed_at", Time(known.ListedAt));

    private static DateTimeOffset? Time(DateTime? utc) => utc is { } time ? new DateTimeOffset(time, TimeSpan.Zero) : null;

    private sealed record Known
    {
        public required string Provider { get; init; }

        public required string Source { get; init; }

        public required string Type { get; init; }

        public required string Status { get; init; }

        public required bool IsStandIn { get; init; }

        public required DateTime Now { get; init; }

        public required bool IsDeletable { get; init; }

        public Guid? ShownBy { get; init; }

        public required bool IsHeld { get; init; }

        public required bool IsDue { get; init; }

        public string? Format { get; init; }

        public int? SampleRate { get; init; }

        public int? Channels { get; init; }

        public long? DurationMs { get; init; }

        public long? FileSize { get; init; }

        public string? Sha256 { get; init; }

        public string? Sid { get; init; }

        public string? AssistantId { get; init; }

        public DateTime? StartedAt { get; init; }

        public DateTime? EndedAt { get; init; }

        public DateTime? ListedAt { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(5210, LogLevel.Information, "Recording {RecordingId} of call {CallId} is to be deleted. {Reason}")]
        public static partial void Requested(ILogger logger, Guid recordingId, string callId, string reason);
    }
}
