namespace Burqi.Contracts.Access;

/// <summary>
/// An API key was made, exchanged or revoked, or is told again to whoever asked. Published by catalog. Whoever keeps keys keeps the highest
/// <see cref="Version"/> of each. The key itself is in no message.
/// </summary>
public sealed record ApiKeySaved
{
    /// <summary>The key's id, which is no secret.</summary>
    public required Guid KeyId { get; init; }

    /// <summary>Grows with every change of the key.</summary>
    public required long Version { get; init; }

    /// <summary>What people call it.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the key in UTF-8, as 64 lower-case hexadecimal digits. A key is random and long, so nothing is learnt from it.</summary>
    public required string KeySha256 { get; init; }

    /// <summary>The same of the key that this one was exchanged for; null where that opens nothing any more.</summary>
    public string? PreviousKeySha256 { get; init; }

    /// <summary>Until when that one is good (UTC); null where there is none.</summary>
    public DateTimeOffset? PreviousKeyExpiresAt { get; init; }

    /// <summary>What it opens, separated by spaces, such as <c>recordings:read recordings:play</c>.</summary>
    public required string Scopes { get; init; }

    /// <summary>The assistants to whose calls it is limited, separated by spaces; null: not limited.</summary>
    public string? Assistants { get; init; }

    /// <summary>How many requests a minute it may make; null: what the service's configuration says.</summary>
    public int? RequestsPerMinute { get; init; }

    /// <summary>When it stops opening anything (UTC); null: never by itself.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Since when it opens nothing any more (UTC); null: it does.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>When it was last changed (UTC).</summary>
    public required DateTimeOffset SavedAt { get; init; }
}
