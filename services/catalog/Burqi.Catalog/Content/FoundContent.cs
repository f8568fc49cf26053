namespace Burqi.Catalog.Content;

/// <summary>An object's size in bytes, and what stands in its metadata under lower-case names.</summary>
internal sealed record FoundContent(long ObjectSize, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Whether it lies where nothing is read from: in an archive tier, and not taken out of there.</summary>
    public bool IsArchived { get; init; }
}
