using System.Text.Json.Serialization;

namespace Burqi.Catalog.Recordings.Share;

/// <summary>A row of <c>catalog.share_links</c> as the API shows it.</summary>
internal sealed record ShareLink
{
    /// <summary>The columns under the properties' names.</summary>
    public const string Columns =
        """
        id as Id, call_id as CallId, recording_id as RecordingId, created_at as CreatedAt, expires_at as ExpiresAt, key_id as KeyId, key_name as CreatedBy,
        revoked_at as RevokedAt
        """;

    [JsonPropertyName("id")]
    public required Guid Id { get; init; }

    [JsonIgnore]
    public string CallId { get; init; } = "";

    [JsonPropertyName("recording_id")]
    public required Guid RecordingId { get; init; }

    /// <summary>Where the recording can be heard; null once it cannot any more, and for who neither made the link nor is an admin.</summary>
    [JsonPropertyName("url")]
    public string? Url { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTime CreatedAt { get; init; }

    [JsonPropertyName("expires_at")]
    public required DateTime ExpiresAt { get; init; }

    /// <summary>The name of the key that it was made with.</summary>
    [JsonPropertyName("created_by")]
    public required string CreatedBy { get; init; }

    [JsonPropertyName("revoked_at")]
    public DateTime? RevokedAt { get; init; }

    [JsonIgnore]
    public string KeyId { get; init; } = "";
}

/// <summary>The links of a recording.</summary>
internal sealed record ShareLinks
{
    [JsonPropertyName("items")]
    public required IReadOnlyList<ShareLink> Items { get; init; }
}

/// <summary>What a client says of a link that it asks for.</summary>
internal sealed record ShareLinkContent
{
    /// <summary>How long it is good: 60 to 604800, which is a week. Default 86400, a day.</summary>
    [JsonPropertyName("expires_in_seconds")]
    public int? ExpiresInSeconds { get; init; }
}

/// <summary>What whoever has a link is told of the recording: nothing that says who spoke with whom.</summary>
internal sealed record SharedRecording
{
    [JsonPropertyName("recording_type")]
    public required string RecordingType { get; init; }

    [JsonPropertyName("format")]
    public required string? Format { get; init; }

    [JsonPropertyName("duration_ms")]
    public required long? DurationMs { get; init; }

    [JsonPropertyName("started_at")]
    public required DateTime? StartedAt { get; init; }

    [JsonPropertyName("expires_at")]
    public required DateTime ExpiresAt { get; init; }
}
