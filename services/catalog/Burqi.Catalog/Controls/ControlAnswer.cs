using System.Text.Json.Serialization;

namespace Burqi.Catalog.Controls;

/// <summary>What came of a request in one place.</summary>
internal sealed record ControlAnswer
{
    /// <summary>The columns of <c>catalog.recording_control_answers</c> under the properties' names.</summary>
    public const string Columns = "scope as Scope, answerer as Answerer, applied as Applied, reason as Reason, answered_at as At";

    [JsonPropertyName("scope")]
    public required string Scope { get; init; }

    [JsonPropertyName("answerer")]
    public required string Answerer { get; init; }

    [JsonPropertyName("applied")]
    public required bool Applied { get; init; }

    /// <summary>Why it was not done; null where it was.</summary>
    [JsonPropertyName("reason")]
    public required string? Reason { get; init; }

    [JsonPropertyName("at")]
    public required DateTime At { get; init; }
}
