using System.Text.Json;
using System.Text.Json.Serialization;
using Burqi.Archiver.Reconcile.Runs;
using Burqi.Contracts.Recordings;

namespace Burqi.Archiver.Reconcile.Http;

/// <summary>A run as the API shows it.</summary>
internal sealed record ReconciliationView
{
    public required Guid Id { get; init; }

    public required string Provider { get; init; }

    public required DateTime From { get; init; }

    public required DateTime To { get; init; }

    /// <summary><c>request</c> or <c>schedule</c>.</summary>
    public required string RequestedBy { get; init; }

    /// <summary><c>running</c>, <c>completed</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }

    public required DateTime CreatedAt { get; init; }

    /// <summary>Null while it waits for the one before it.</summary>
    public required DateTime? StartedAt { get; init; }

    public required DateTime? FinishedAt { get; init; }

    /// <summary>Why it did not come to its end; null where it did or still may.</summary>
    public required string? Error { get; init; }

    public required ReconciliationCounts Counts { get; init; }

    public required IReadOnlyList<AccountProgress> Accounts { get; init; }

    /// <summary>What had never reached us, the first found first; null in a list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MissingRecording>? Missing { get; init; }

    /// <summary>How many more there are than are shown; null in a list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? MissingNotShown { get; init; }

    public static ReconciliationView Of(Reconciliation run)
    {
        var progress = JsonSerializer.Deserialize(run.Progress, ReconcileJsonContext.Default.ReconciliationProgress)!;
        return new ReconciliationView
        {
            Id = run.Id,
            Provider = run.Provider,
            From = run.WindowFrom,
            To = run.WindowTo,
            RequestedBy = run.RequestedBy,
            Status = run.Status,
            CreatedAt = run.CreatedAt,
            StartedAt = run.StartedAt,
            FinishedAt = run.FinishedAt,
            Error = run.Error,
            Accounts = progress.Accounts,
            Counts = new ReconciliationCounts
            {
                Listed = progress.Accounts.Sum(account => (long)account.Listed),
                Known = progress.Accounts.Sum(account => (long)account.Known),
                Missing = progress.Accounts.Sum(account => (long)account.Missing),
                InProgress = progress.Accounts.Sum(account => (long)account.InProgress),
                Recent = progress.Accounts.Sum(account => (long)account.Recent),
                Unreadable = progress.Accounts.Sum(account => (long)account.Unreadable),
            },
        };
    }

    public static ReconciliationView Of(ReconciliationFound found)
    {
        var run = Of(found.Run);
        var missing = found.Counts.Values.Sum();
        return run with
        {
            Counts = run.Counts with
            {
                Missing = missing,
                MissingCompleted = found.Counts.GetValueOrDefault(RecordingStatuses.Completed),
                MissingAbsent = found.Counts.GetValueOrDefault(RecordingStatuses.Absent),
                MissingFailed = found.Counts.GetValueOrDefault(RecordingStatuses.Failed),
            },
            Missing = [.. found.Findings.Select(MissingRecording.Of)],
            MissingNotShown = missing - found.Findings.Count,
        };
    }
}

/// <summary>How many recordings of the window there were, and of which kind.</summary>
internal sealed record ReconciliationCounts
{
    /// <summary>All that the provider listed; what follows are parts of it.</summary>
    public required long Listed { get; init; }

    /// <summary>Those that had reached us.</summary>
    public required long Known { get; init; }

    /// <summary>Those that never had.</summary>
    public required long Missing { get; init; }

    /// <summary>Of them, those with audio; null in a list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? MissingCompleted { get; init; }

    /// <summary>Of them, those without audio; null in a list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? MissingAbsent { get; init; }

    /// <summary>Of them, those that could not be made; null in a list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? MissingFailed { get; init; }

    /// <summary>Those that are still being made.</summary>
    public required long InProgress { get; init; }

    /// <summary>Those whose callback may be on its way: left to the next run by the clock.</summary>
    public required long Recent { get; init; }

    /// <summary>Entries that are not what the provider's are.</summary>
    public required long Unreadable { get; init; }
}

/// <summary>A recording that had never reached us.</summary>
internal sealed record MissingRecording
{
    public required Guid RecordingId { get; init; }

    public required string CallId { get; init; }

    public required string RecordingSid { get; init; }

    public required string AccountId { get; init; }

    /// <summary>What the provider has: <c>completed</c>, <c>absent</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }

    public required DateTime? StartedAt { get; init; }

    public required long? DurationMs { get; init; }

    /// <summary>Why it matters that it was missing.</summary>
    public required string Why { get; init; }

    public required DateTime FoundAt { get; init; }

    /// <summary>When the rest of Burqi was told; null while it is not.</summary>
    public required DateTime? AnnouncedAt { get; init; }

    public static MissingRecording Of(FindingRow row) => new()
    {
        RecordingId = row.RecordingId,
        CallId = row.CallId,
        RecordingSid = row.ProviderRecordingId,
        AccountId = row.AccountId,
        Status = row.Status,
        StartedAt = row.StartedAt,
        DurationMs = row.DurationMs,
        Why = row.Reason,
        FoundAt = row.FoundAt,
        AnnouncedAt = row.AnnouncedAt,
    };
}

/// <summary>The latest runs.</summary>
internal sealed record ReconciliationList
{
    public required IReadOnlyList<ReconciliationView> Items { get; init; }

    /// <summary>Always null: there is one page.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>The API's JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ReconciliationView))]
[JsonSerializable(typeof(ReconciliationList))]
internal sealed partial class ReconciliationViewJsonContext : JsonSerializerContext;
