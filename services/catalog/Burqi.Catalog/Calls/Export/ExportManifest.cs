using System.Text.Json.Serialization;
using Burqi.Catalog.Recordings;

namespace Burqi.Catalog.Calls.Export;

/// <summary><c>manifest.json</c> of an exported call: what the files are, by which digests they can be told to be whole, and what is not there.</summary>
internal sealed record ExportManifest
{
    [JsonPropertyName("call")]
    public required Call Call { get; init; }

    [JsonPropertyName("recordings")]
    public required IReadOnlyList<Recording> Recordings { get; init; }

    /// <summary>The audio, in the order in which it lies in the file.</summary>
    [JsonPropertyName("files")]
    public required IReadOnlyList<ExportFile> Files { get; init; }

    /// <summary>The recordings without a file, and why.</summary>
    [JsonPropertyName("left_out")]
    public required IReadOnlyList<ExportOmission> LeftOut { get; init; }
}

/// <summary>A file of an exported call. Several recordings may be one file: a mix may point at the provider's.</summary>
internal sealed record ExportFile
{
    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("recording_ids")]
    public required IReadOnlyList<Guid> RecordingIds { get; init; }

    [JsonPropertyName("file_size")]
    public required long FileSize { get; init; }

    [JsonPropertyName("sha256")]
    public required string Sha256 { get; init; }
}

/// <summary>A recording that has no file in an exported call.</summary>
internal sealed record ExportOmission
{
    [JsonPropertyName("recording_id")]
    public required Guid RecordingId { get; init; }

    [JsonPropertyName("reason")]
    public required string Reason { get; init; }
}
