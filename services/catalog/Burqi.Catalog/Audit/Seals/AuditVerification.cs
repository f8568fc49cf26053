using System.Text.Json.Serialization;

namespace Burqi.Catalog.Audit.Seals;

/// <summary>What came of verifying a stretch of the chain.</summary>
internal sealed record AuditVerification
{
    /// <summary>How many events of this stretch are as they were sealed.</summary>
    [JsonPropertyName("verified")]
    public required long Verified { get; init; }

    /// <summary>The last seal that was verified; what comes before this stretch where there was none.</summary>
    [JsonPropertyName("number")]
    public required long Number { get; init; }

    /// <summary>Its hash.</summary>
    [JsonPropertyName("hash")]
    public required string Hash { get; init; }

    /// <summary>Whether there is more: ask again with after as this number.</summary>
    [JsonPropertyName("more")]
    public required bool More { get; init; }

    /// <summary>The number of the seal whose hash was asked about as head; null where this stretch has none.</summary>
    [JsonPropertyName("head_at")]
    public required long? HeadAt { get; init; }

    /// <summary>The first seal of this stretch that was made with a key; null: none.</summary>
    [JsonPropertyName("keyed_since")]
    public required long? KeyedSince { get; init; }

    /// <summary>Which key the last seal of this stretch was made with; null: none.</summary>
    [JsonPropertyName("key_id")]
    public required string? KeyId { get; init; }

    /// <summary>Whether the process that answers seals with a key.</summary>
    [JsonPropertyName("has_key")]
    public required bool HasKey { get; init; }

    /// <summary>How many events wait for their seal, on the last stretch.</summary>
    [JsonPropertyName("unsealed")]
    public required long Unsealed { get; init; }

    /// <summary>The first thing that is wrong; null: nothing.</summary>
    [JsonPropertyName("problem")]
    public required AuditProblem? Problem { get; init; }
}

/// <summary>What is wrong with the audit log, and where.</summary>
/// <param name="Kind"><c>changed</c>, <c>removed</c>, <c>inserted</c>, <c>broken</c> or <c>unknown_key</c>.</param>
/// <param name="Number">The seal; null where there is none.</param>
/// <param name="EventId">The event's id in <c>catalog.recording_events</c>; null where it is not known.</param>
/// <param name="Detail">A sentence.</param>
internal sealed record AuditProblem(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("number")] long? Number,
    [property: JsonPropertyName("event_id")] long? EventId,
    [property: JsonPropertyName("detail")] string Detail);
