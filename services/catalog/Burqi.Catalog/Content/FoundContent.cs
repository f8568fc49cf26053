namespace Burqi.Catalog.Content;

/// <summary>An object's size in bytes, and what stands in its metadata under lower-case names.</summary>
internal sealed record FoundContent(long ObjectSize, IReadOnlyDictionary<string, string> Metadata);
