namespace Burqi.Access;

/// <summary>Where a service keeps the keys.</summary>
internal interface IKeyTable
{
    /// <summary>All that are not revoked.</summary>
    Task<IReadOnlyList<SavedKey>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>One of them was used.</summary>
    void Used(Guid id);
}
