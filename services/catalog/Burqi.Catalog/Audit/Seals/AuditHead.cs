using System.Text.Json.Serialization;

namespace Burqi.Catalog.Audit.Seals;

/// <summary>The last seal. Whoever notes it down elsewhere can tell later whether the chain still holds it.</summary>
internal sealed record AuditHead
{
    /// <summary>How many events are sealed; 0 where none is.</summary>
    [JsonPropertyName("number")]
    public required long Number { get; init; }

    /// <summary>In hexadecimal digits.</summary>
    [JsonPropertyName("hash")]
    public required string Hash { get; init; }

    /// <summary>Which key it was made with; null: none.</summary>
    [JsonPropertyName("key_id")]
    public required string? KeyId { get; init; }

    /// <summary>How many events wait for their seal: normally those of the last second.</summary>
    [JsonPropertyName("unsealed")]
    public required long Unsealed { get; init; }
}
