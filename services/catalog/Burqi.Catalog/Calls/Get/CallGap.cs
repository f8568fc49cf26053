using System.Text.Json;
using System.Text.Json.Serialization;
using Burqi.Catalog.Recordings;

namespace Burqi.Catalog.Calls.Get;

/// <summary>Audio that a recording lacks: no frame brought it, and what is heard there is silence.</summary>
internal sealed record CallGap
{
    [JsonPropertyName("recording_id")]
    public required Guid RecordingId { get; init; }

    [JsonPropertyName("recording_type")]
    public required string RecordingType { get; init; }

    /// <summary>How many stretches.</summary>
    [JsonPropertyName("gap_count")]
    public required long GapCount { get; init; }

    /// <summary>Their length together.</summary>
    [JsonPropertyName("gap_ms")]
    public required long GapMs { get; init; }

    /// <summary>Which share of the recording came in frames, 0 to 1; null where that is not known.</summary>
    [JsonPropertyName("coverage")]
    public required decimal? Coverage { get; init; }

    /// <summary>The gaps of a call's recordings, as their facts tell of them.</summary>
    public static IReadOnlyList<CallGap> Of(IEnumerable<Recording> recordings) => [.. recordings.Select(Of).OfType<CallGap>()];

    private static CallGap? Of(Recording recording)
    {
        if (!recording.RecordingMetadata.TryGetProperty("facts", out var facts) || facts.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        return Number(facts, "gap_count") is > 0 and var count
            ? new CallGap
            {
                RecordingId = recording.Id,
                RecordingType = recording.RecordingType,
                GapCount = (long)count,
                GapMs = (long)(Number(facts, "gap_ms") ?? 0),
                Coverage = Number(facts, "coverage"),
            }
            : null;
    }

    private static decimal? Number(JsonElement facts, string name) =>
        facts.TryGetProperty(name, out var fact) && fact.ValueKind == JsonValueKind.Number && fact.TryGetDecimal(out var number) ? number : null;
}
