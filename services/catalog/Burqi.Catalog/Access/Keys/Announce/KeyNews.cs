using Burqi.Contracts.Access;

namespace Burqi.Catalog.Access.Keys.Announce;

/// <summary>A key of which something is to be told, as it stands.</summary>
internal sealed record KeyNews
{
    /// <summary>The columns under the properties' names.</summary>
    public const string Columns =
        """
        id as Id, name as Name, key_sha256 as Hash, previous_sha256 as PreviousHash, previous_until as PreviousUntil, scopes as Scopes, assistants as Assistants,
        requests_per_minute as RequestsPerMinute, expires_at as ExpiresAt, revoked_at as RevokedAt, greatest(created_at, rotated_at, revoked_at) as SavedAt,
        version as Version, due as Due
        """;

    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required byte[] Hash { get; init; }

    public byte[]? PreviousHash { get; init; }

    public DateTime? PreviousUntil { get; init; }

    public required string[] Scopes { get; init; }

    public string[]? Assistants { get; init; }

    public int? RequestsPerMinute { get; init; }

    public DateTime? ExpiresAt { get; init; }

    public DateTime? RevokedAt { get; init; }

    public required DateTime SavedAt { get; init; }

    public required long Version { get; init; }

    public required long Due { get; init; }

    /// <summary>The message: the same row makes the same, however often.</summary>
    public ApiKeySaved ToMessage() => new()
    {
        KeyId = Id,
        Version = Version,
        Name = Name,
        KeySha256 = Convert.ToHexStringLower(Hash),
        PreviousKeySha256 = PreviousHash is null ? null : Convert.ToHexStringLower(PreviousHash),
        PreviousKeyExpiresAt = Time(PreviousUntil),
        Scopes = string.Join(' ', Scopes),
        Assistants = Assistants is null ? null : string.Join(' ', Assistants),
        RequestsPerMinute = RequestsPerMinute,
        ExpiresAt = Time(ExpiresAt),
        RevokedAt = Time(RevokedAt),
        SavedAt = new DateTimeOffset(SavedAt, TimeSpan.Zero),
    };

    private static DateTimeOffset? Time(DateTime? utc) => utc is { } time ? new DateTimeOffset(time, TimeSpan.Zero) : null;
}
