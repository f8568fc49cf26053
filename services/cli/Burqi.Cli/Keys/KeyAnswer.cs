using System.Text.Json.Serialization;

namespace Burqi.Cli.Keys;

/// <summary>An API key, as Burqi's API shows it.</summary>
internal sealed record KeyAnswer
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    public IReadOnlyList<string>? Assistants { get; init; }

    public int? RequestsPerMinute { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? PreviousUntil { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>The key itself; only where it was just made.</summary>
    public string? Key { get; init; }
}

/// <summary>A page of keys.</summary>
internal sealed record KeyPageAnswer
{
    public required IReadOnlyList<KeyAnswer> Items { get; init; }

    public string? NextCursor { get; init; }
}

/// <summary>What is asked for.</summary>
internal sealed record KeyQuestion
{
    public required string Name { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    public IReadOnlyList<string>? Assistants { get; init; }

    public int? RequestsPerMinute { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>How a key is exchanged.</summary>
internal sealed record RotationOfKey
{
    public required int GraceSeconds { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(KeyAnswer))]
[JsonSerializable(typeof(KeyPageAnswer))]
[JsonSerializable(typeof(KeyQuestion))]
[JsonSerializable(typeof(RotationOfKey))]
internal sealed partial class KeysJsonContext : JsonSerializerContext;
