using System.Text.Json.Serialization;

namespace Burqi.Catalog.Retention.Delete;

/// <summary>A deletion that was asked for.</summary>
internal sealed record RequestedDeletion
{
    /// <summary>The columns of <c>catalog.recording_deletions</c> under the properties' names.</summary>
    public const string Columns = "id as DeletionId, recording_id as RecordingId, call_id as CallId, reason as Reason, requested_at as RequestedAt";

    [JsonPropertyName("deletion_id")]
    public required Guid DeletionId { get; init; }

    [JsonPropertyName("recording_id")]
    public required Guid RecordingId { get; init; }

    [JsonPropertyName("call_id")]
    public required string CallId { get; init; }

    /// <summary>Which policy is over, or who asked.</summary>
    [JsonPropertyName("reason")]
    public required string Reason { get; init; }

    [JsonPropertyName("requested_at")]
    public required DateTime RequestedAt { get; init; }
}
