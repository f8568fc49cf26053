using System.Text.Json.Serialization;

namespace Burqi.Catalog.Calls;

/// <summary>A row of <c>catalog.calls</c> as the API shows it: every property is the column of its JSON name.</summary>
internal record Call
{
    /// <summary>The columns in the order of the properties, under their names.</summary>
    public const string Columns =
        """
        call_id as CallId, provider as Provider, account_id as AccountId, parent_call_id as ParentCallId, direction as Direction,
        from_address as FromAddress, to_address as ToAddress, assistant_id as AssistantId, status as Status, duration_ms as DurationMs,
        started_at as StartedAt, ended_at as EndedAt, created_at as CreatedAt, updated_at as UpdatedAt, completeness as Completeness,
        completeness_reason as CompletenessReason, completeness_checked_at as CompletenessCheckedAt, listed_at as ListedAt
        """;

    [JsonPropertyName("call_id")]
    public required string CallId { get; init; }

    [JsonPropertyName("provider")]
    public required string Provider { get; init; }

    [JsonPropertyName("account_id")]
    public required string? AccountId { get; init; }

    [JsonPropertyName("parent_call_id")]
    public required string? ParentCallId { get; init; }

    [JsonPropertyName("direction")]
    public required string? Direction { get; init; }

    [JsonPropertyName("from_address")]
    public required string? FromAddress { get; init; }

    [JsonPropertyName("to_address")]
    public required string? ToAddress { get; init; }

    [JsonPropertyName("assistant_id")]
    public required string? AssistantId { get; init; }

    [JsonPropertyName("status")]
    public required string Status { get; init; }

    [JsonPropertyName("duration_ms")]
    public required long? DurationMs { get; init; }

    [JsonPropertyName("started_at")]
    public required DateTime? StartedAt { get; init; }

    [JsonPropertyName("ended_at")]
    public required DateTime? EndedAt { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTime CreatedAt { get; init; }

    [JsonPropertyName("updated_at")]
    public required DateTime UpdatedAt { get; init; }

    /// <summary>Whether as much of the call is recorded as there was.</summary>
    [JsonPropertyName("completeness")]
    public required string Completeness { get; init; }

    /// <summary>What is missing, or why nothing is expected, in one sentence.</summary>
    [JsonPropertyName("completeness_reason")]
    public required string? CompletenessReason { get; init; }

    [JsonPropertyName("completeness_checked_at")]
    public required DateTime? CompletenessCheckedAt { get; init; }

    /// <summary>What lists are ordered by. It is the cursor's business only.</summary>
    [JsonIgnore]
    public DateTime ListedAt { get; init; }
}
