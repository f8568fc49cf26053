using System.ComponentModel;
using System.Text.Json.Serialization;
using Burqi.Catalog.Retention.Policies;

namespace Burqi.Catalog.Retention.Plan;

/// <summary>What the policies would have done now, and what became of what was asked.</summary>
internal sealed record RetentionReport
{
    [JsonPropertyName("mode")]
    [Description("What comes of it: off, dry-run or on.")]
    public required string Mode { get; init; }

    [JsonPropertyName("default")]
    [Description("What holds where an assistant says nothing; null: kept for ever.")]
    public required RetentionPeriods? Default { get; init; }

    [JsonPropertyName("due")]
    [Description("How much is due, by what is to be done, assistant and kind.")]
    public required IReadOnlyList<RetentionDue> Due { get; init; }

    [JsonPropertyName("items")]
    [Description("What has been due for longest, up to the limit.")]
    public required IReadOnlyList<RetentionItem> Items { get; init; }

    [JsonPropertyName("deletions_requested")]
    [Description("Deletions that the archiver was asked for and has not answered.")]
    public required long DeletionsRequested { get; init; }

    [JsonPropertyName("deletions_failed")]
    [Description("Deletions that the archiver gave up.")]
    public required long DeletionsFailed { get; init; }
}

/// <summary>How much is due of one assistant's recordings of one kind.</summary>
internal sealed record RetentionDue
{
    [JsonPropertyName("action")]
    [Description("delete, or the tier that the objects are to be moved to: archive or cool.")]
    public required string Action { get; init; }

    [JsonPropertyName("assistant_id")]
    [Description("Null: of calls that no assistant took.")]
    public required string? AssistantId { get; init; }

    [JsonPropertyName("recording_type")]
    public required string RecordingType { get; init; }

    [JsonPropertyName("reason")]
    public required string Reason { get; init; }

    [JsonPropertyName("recordings")]
    public required long Recordings { get; init; }

    [JsonPropertyName("bytes")]
    [Description("The size of their objects.")]
    public required long Bytes { get; init; }

    [JsonPropertyName("held")]
    [Description("How many of them a legal hold keeps as they are.")]
    public required long Held { get; init; }

    [JsonPropertyName("due_since")]
    public required DateTime DueSince { get; init; }
}

/// <summary>A recording to which something is due.</summary>
internal sealed record RetentionItem
{
    [JsonPropertyName("recording_id")]
    public required Guid RecordingId { get; init; }

    [JsonPropertyName("call_id")]
    public required string CallId { get; init; }

    [JsonPropertyName("action")]
    public required string Action { get; init; }

    [JsonPropertyName("reason")]
    public required string Reason { get; init; }

    [JsonPropertyName("bytes")]
    public required long? Bytes { get; init; }

    [JsonPropertyName("legal_hold")]
    [Description("A legal hold keeps it as it is.")]
    public required bool LegalHold { get; init; }

    [JsonPropertyName("due_since")]
    public required DateTime DueSince { get; init; }
}
