using System.Text.Json;
using System.Text.Json.Serialization;

namespace Burqi.Catalog.Recordings;

/// <summary>A row of <c>catalog.recordings</c> as the API shows it: every property is the column of its JSON name.</summary>
internal sealed record Recording
{
    /// <summary>The columns in the order of the properties, under their names.</summary>
    public const string Columns =
        """
        id as Id, call_id as CallId, provider as Provider, recording_source as RecordingSource, recording_type as RecordingType, status as Status,
        format as Format, sample_rate as SampleRate, channels as Channels, duration_ms as DurationMs, file_size as FileSize, sha256 as Sha256,
        file_path as FilePath, s3_key as S3Key, s3_url as S3Url, recording_sid as RecordingSid, assistant_id as AssistantId,
        started_at as StartedAt, ended_at as EndedAt, created_at as CreatedAt, updated_at as UpdatedAt,
        recording_metadata as RecordingMetadataText, listed_at as ListedAt
        """;

    [JsonPropertyName("id")]
    public required Guid Id { get; init; }

    [JsonPropertyName("call_id")]
    public required string CallId { get; init; }

    [JsonPropertyName("provider")]
    public required string Provider { get; init; }

    [JsonPropertyName("recording_source")]
    public required string RecordingSource { get; init; }

    [JsonPropertyName("recording_type")]
    public required string RecordingType { get; init; }

    [JsonPropertyName("status")]
    public required string Status { get; init; }

    [JsonPropertyName("format")]
    public required string? Format { get; init; }

    [JsonPropertyName("sample_rate")]
    public required int? SampleRate { get; init; }

    [JsonPropertyName("channels")]
    public required int? Channels { get; init; }

    [JsonPropertyName("duration_ms")]
    public required long? DurationMs { get; init; }

    [JsonPropertyName("file_size")]
    public required long? FileSize { get; init; }

    [JsonPropertyName("sha256")]
    public required string? Sha256 { get; init; }

    [JsonPropertyName("file_path")]
    public required string? FilePath { get; init; }

    [JsonPropertyName("s3_key")]
    public required string? S3Key { get; init; }

    [JsonPropertyName("s3_url")]
    public required string? S3Url { get; init; }

    [JsonPropertyName("recording_sid")]
    public required string? RecordingSid { get; init; }

    [JsonPropertyName("assistant_id")]
    public required string? AssistantId { get; init; }

    [JsonPropertyName("started_at")]
    public required DateTime? StartedAt { get; init; }

    [JsonPropertyName("ended_at")]
    public required DateTime? EndedAt { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTime CreatedAt { get; init; }

    [JsonPropertyName("updated_at")]
    public required DateTime UpdatedAt { get; init; }

    [JsonPropertyName("recording_metadata")]
    public JsonElement RecordingMetadata => JsonElement.Parse(RecordingMetadataText);

    [JsonIgnore]
    public string RecordingMetadataText { get; init; } = "{}";

    /// <summary>What lists are ordered by. It is the cursor's business only.</summary>
    [JsonIgnore]
    public DateTime ListedAt { get; init; }
}
