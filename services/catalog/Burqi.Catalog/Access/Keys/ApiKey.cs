using System.ComponentModel;
using System.Text.Json.Serialization;

namespace Burqi.Catalog.Access.Keys;

/// <summary>A row of <c>catalog.api_keys</c> as the API shows it: nothing of the key itself.</summary>
internal record ApiKey
{
    /// <summary>The columns under the properties' names.</summary>
    public const string Columns =
        """
        id as KeyId, name as Name, scopes as Scopes, assistants as Assistants, requests_per_minute as RequestsPerMinute, created_at as CreatedAt,
        rotated_at as RotatedAt, case when previous_until > now() then previous_until end as PreviousUntil,
        expires_at as ExpiresAt, revoked_at as RevokedAt, last_used_at as LastUsedAt
        """;

    [JsonPropertyName("id")]
    [Description("The key's id, under which events name it. It is no secret.")]
    public string Id => KeyId.ToString("N");

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("scopes")]
    public required string[] Scopes { get; init; }

    [JsonPropertyName("assistants")]
    [Description("The assistants to whose calls and recordings it is limited; null: it is not.")]
    public string[]? Assistants { get; init; }

    [JsonPropertyName("requests_per_minute")]
    [Description("How many requests a minute it may make of each process; null: what the setting for all says.")]
    public int? RequestsPerMinute { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTime CreatedAt { get; init; }

    [JsonPropertyName("rotated_at")]
    public DateTime? RotatedAt { get; init; }

    [JsonPropertyName("previous_until")]
    [Description("Until when the key that this one was exchanged for is good as well; null: it is not.")]
    public DateTime? PreviousUntil { get; init; }

    [JsonPropertyName("expires_at")]
    public DateTime? ExpiresAt { get; init; }

    [JsonPropertyName("revoked_at")]
    public DateTime? RevokedAt { get; init; }

    [JsonPropertyName("last_used_at")]
    [Description("To about a minute.")]
    public DateTime? LastUsedAt { get; init; }

    [JsonIgnore]
    public Guid KeyId { get; init; }
}

/// <summary>A key that was just made, with the key itself: it is shown this once.</summary>
internal sealed record NewApiKey : ApiKey
{
    [JsonPropertyName("key")]
    [Description("What to send as \"Authorization: Bearer <key>\". It is shown this once and kept nowhere.")]
    public string Key { get; init; } = "";
}

/// <summary>What a client says of a new key.</summary>
internal sealed record ApiKeyContent
{
    [JsonPropertyName("name")]
    [Description("What people call it; 1 to 100 characters.")]
    public required string Name { get; init; }

    [JsonPropertyName("scopes")]
    [Description("What it opens.")]
    public required string[] Scopes { get; init; }

    [JsonPropertyName("assistants")]
    [Description("The assistants to whose calls and recordings it is limited, at most 100; null: it is not. Not with the scope admin.")]
    public string[]? Assistants { get; init; }

    [JsonPropertyName("requests_per_minute")]
    [Description("How many requests a minute it may make of each process; null: what the setting for all says.")]
    public int? RequestsPerMinute { get; init; }

    [JsonPropertyName("expires_at")]
    [Description("When it stops opening anything; null: never by itself.")]
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>What a client says when it exchanges a key.</summary>
internal sealed record KeyRotation
{
    [JsonPropertyName("grace_seconds")]
    [Description("How long the old key stays good: 0 to 604800, 0 where nothing is said.")]
    public int GraceSeconds { get; init; }
}
