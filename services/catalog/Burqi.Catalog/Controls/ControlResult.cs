using System.Text.Json.Serialization;

namespace Burqi.Catalog.Controls;

/// <summary>A request, and what has come of it so far.</summary>
internal sealed record ControlResult
{
    [JsonPropertyName("control_id")]
    public required Guid ControlId { get; init; }

    [JsonPropertyName("action")]
    public required string Action { get; init; }

    [JsonPropertyName("call_id")]
    public required string CallId { get; init; }

    [JsonPropertyName("answers")]
    public required IReadOnlyList<ControlAnswer> Answers { get; init; }
}
