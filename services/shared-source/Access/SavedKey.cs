namespace Burqi.Access;

/// <summary>A row of a table of keys: of a key that is not revoked.</summary>
internal sealed record SavedKey
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    public required byte[] Hash { get; init; }

    /// <summary>Of the key that this one was exchanged for.</summary>
    public byte[]? PreviousHash { get; init; }

    /// <summary>Until when that one is good.</summary>
    public DateTime? PreviousUntil { get; init; }

    public required string[] Scopes { get; init; }

    public string[]? Assistants { get; init; }

    public int? RequestsPerMinute { get; init; }

    public DateTime? ExpiresAt { get; init; }
}
