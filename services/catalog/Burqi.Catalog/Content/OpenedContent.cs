namespace Burqi.Catalog.Content;

/// <summary>A part of an object, open for reading, the size of the whole and what stands in its metadata.</summary>
internal sealed record OpenedContent(Stream Stream, long ObjectSize, IReadOnlyDictionary<string, string> Metadata) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
