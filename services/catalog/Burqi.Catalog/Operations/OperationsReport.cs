using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Burqi.Catalog.Operations;

/// <summary>How everything stands, for an operator to look at.</summary>
internal sealed record OperationsReport
{
    [JsonPropertyName("as_of")]
    public required DateTime AsOf { get; init; }

    [JsonPropertyName("counts")]
    public required OperationsCounts Counts { get; init; }

    [JsonPropertyName("active")]
    [Description("The calls that are being recorded now, the latest first, at most 50.")]
    public required IReadOnlyList<ActiveCall> Active { get; init; }

    [JsonPropertyName("lacking")]
    [Description("The calls of the last seven days whose recordings are missing or incomplete, the latest first, at most 50.")]
    public required IReadOnlyList<LackingCall> Lacking { get; init; }

    [JsonPropertyName("failed")]
    [Description("The recordings of the last seven days that failed, the latest first, at most 50.")]
    public required IReadOnlyList<FailedRecording> Failed { get; init; }

    [JsonPropertyName("jobs")]
    [Description("How the archiver said its jobs stand; null: it has not said anything yet.")]
    public required ArchiveBacklog? Jobs { get; init; }

    [JsonPropertyName("media_nodes")]
    [Description("How each media node said it stands. One that has been silent for a week is not listed any more.")]
    public required IReadOnlyList<MediaNode> MediaNodes { get; init; }

    [JsonPropertyName("store_use")]
    [Description("How much lies in which store, added up about every ten minutes; null: not yet.")]
    public required StoreUse? StoreUse { get; init; }
}

internal sealed record OperationsCounts
{
    [JsonIgnore]
    public DateTime AsOf { get; init; }

    [JsonPropertyName("calls_in_progress")]
    [Description("Calls that have not ended as far as anybody told; counted up to 10 000, as are the next three.")]
    public required long CallsInProgress { get; init; }

    [JsonPropertyName("recording")]
    [Description("Recordings that are being made.")]
    public required long Recording { get; init; }

    [JsonPropertyName("captured")]
    [Description("Recordings that are made and wait to be archived.")]
    public required long Captured { get; init; }

    [JsonPropertyName("archiving")]
    [Description("Recordings that are on their way into the store.")]
    public required long Archiving { get; init; }

    [JsonPropertyName("failed")]
    [Description("Recordings that failed within the last seven days.")]
    public required long Failed { get; init; }

    [JsonPropertyName("missing")]
    [Description("Calls of the last seven days of which nothing was recorded that should have been.")]
    public required long Missing { get; init; }

    [JsonPropertyName("incomplete")]
    [Description("Calls of the last seven days of which a part was not recorded.")]
    public required long Incomplete { get; init; }
}

internal sealed record ActiveCall
{
    [JsonPropertyName("call_id")]
    public required string CallId { get; init; }

    [JsonPropertyName("provider")]
    public required string Provider { get; init; }

    [JsonPropertyName("assistant_id")]
    public required string? AssistantId { get; init; }

    [JsonPropertyName("from_address")]
    public required string? FromAddress { get; init; }

    [JsonPropertyName("to_address")]
    public required string? ToAddress { get; init; }

    [JsonPropertyName("started_at")]
    [Description("When the first of these recordings began.")]
    public required DateTime StartedAt { get; init; }

    [JsonPropertyName("recording_types")]
    public required string[] RecordingTypes { get; init; }

    [JsonPropertyName("recording_sources")]
    public required string[] RecordingSources { get; init; }
}

internal sealed record LackingCall
{
    [JsonPropertyName("call_id")]
    public required string CallId { get; init; }

    [JsonPropertyName("provider")]
    public required string Provider { get; init; }

    [JsonPropertyName("assistant_id")]
    public required string? AssistantId { get; init; }

    [JsonPropertyName("from_address")]
    public required string? FromAddress { get; init; }

    [JsonPropertyName("to_address")]
    public required string? ToAddress { get; init; }

    [JsonPropertyName("started_at")]
    public required DateTime? StartedAt { get; init; }

    [JsonPropertyName("ended_at")]
    public required DateTime? EndedAt { get; init; }

    [JsonPropertyName("completeness")]
    public required string Completeness { get; init; }

    [JsonPropertyName("completeness_reason")]
    public required string? Reason { get; init; }
}

internal sealed record FailedRecording
{
    [JsonPropertyName("recording_id")]
    public required Guid RecordingId { get; init; }

    [JsonPropertyName("call_id")]
    public required string CallId { get; init; }

    [JsonPropertyName("recording_type")]
    public required string RecordingType { get; init; }

    [JsonPropertyName("recording_source")]
    public required string RecordingSource { get; init; }

    [JsonPropertyName("started_at")]
    public required DateTime StartedAt { get; init; }

    [JsonPropertyName("reason")]
    public required string? Reason { get; init; }
}

internal sealed record ArchiveBacklog
{
    [JsonPropertyName("reported_at")]
    public required DateTime ReportedAt { get; init; }

    [JsonPropertyName("is_stale")]
    [Description("Nothing newer has come for minutes: the archiver, or the bus, is away.")]
    public required bool IsStale { get; init; }

    [JsonPropertyName("waiting")]
    public required long Waiting { get; init; }

    [JsonPropertyName("running")]
    public required long Running { get; init; }

    [JsonPropertyName("dead")]
    [Description("Jobs that were given up and wait for somebody to look at them.")]
    public required long Dead { get; init; }

    [JsonPropertyName("oldest_waiting_seconds")]
    [Description("How long the job that has been due the longest has been waiting; null where none waits.")]
    public required long? OldestWaitingSeconds { get; init; }

    [JsonPropertyName("stuck")]
    [Description("The jobs that are stuck, the oldest first, at most 50: each with id, recording_id, call_id, step, state, attempts, error and created_at.")]
    public JsonElement Stuck => JsonElement.Parse(StuckText);

    [JsonPropertyName("open_breakers")]
    [Description("Hosts and stores that do not answer and are left alone for now.")]
    public IReadOnlyList<string> OpenBreakers => OpenBreakersText?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];

    [JsonPropertyName("store")]
    [Description("The store that recordings go to.")]
    public required string Store { get; init; }

    [JsonPropertyName("store_free_bytes")]
    [Description("Free space of the store's disk; null for a store that does not say.")]
    public required long? StoreFreeBytes { get; init; }

    [JsonPropertyName("store_total_bytes")]
    public required long? StoreTotalBytes { get; init; }

    [JsonIgnore]
    public string StuckText { get; init; } = "[]";

    [JsonIgnore]
    public string? OpenBreakersText { get; init; }
}

internal sealed record MediaNode
{
    [JsonPropertyName("node")]
    public required string Node { get; init; }

    [JsonPropertyName("reported_at")]
    public required DateTime ReportedAt { get; init; }

    [JsonPropertyName("is_stale")]
    [Description("Nothing newer has come for minutes: the node, or the bus, is away.")]
    public required bool IsStale { get; init; }

    [JsonPropertyName("active_streams")]
    public required int ActiveStreams { get; init; }

    [JsonPropertyName("disk_total_bytes")]
    public required long DiskTotalBytes { get; init; }

    [JsonPropertyName("disk_free_bytes")]
    public required long DiskFreeBytes { get; init; }
}

internal sealed record StoreUse
{
    [JsonPropertyName("measured_at")]
    public required DateTime MeasuredAt { get; init; }

    [JsonPropertyName("stores")]
    [Description("Of each store its name (store), how many objects of recordings lie there (recordings), and their size (bytes).")]
    public JsonElement Stores => JsonElement.Parse(StoresText);

    [JsonIgnore]
    public string StoresText { get; init; } = "[]";
}
