using System.Text.Json.Serialization;

namespace Burqi.Catalog.Retention.Hold;

/// <summary>A row of <c>catalog.legal_holds</c>: nothing of the call is deleted or moved to another tier.</summary>
internal sealed record LegalHold
{
    /// <summary>Of one call, for statements that ask for more.</summary>
    public const string Sql = "select reason as Reason, placed_at as PlacedAt from catalog.legal_holds where call_id = @callId;";

    [JsonPropertyName("reason")]
    public required string Reason { get; init; }

    [JsonPropertyName("placed_at")]
    public required DateTime PlacedAt { get; init; }
}

/// <summary>A hold that was placed, and what it comes too late for.</summary>
internal sealed record PlacedLegalHold
{
    [JsonPropertyName("reason")]
    public required string Reason { get; init; }

    [JsonPropertyName("placed_at")]
    public required DateTime PlacedAt { get; init; }

    /// <summary>Recordings of the call whose deletion was asked for before, which cannot be taken back. One that failed does not count.</summary>
    [JsonPropertyName("being_deleted")]
    public required IReadOnlyList<Guid> BeingDeleted { get; init; }
}

/// <summary>What a client says of a hold.</summary>
internal sealed record LegalHoldContent
{
    [JsonPropertyName("reason")]
    public string? Reason { get; init; }
}
