namespace Burqi.Catalog.Content;

/// <summary>A part of an object, open for reading, and the size of the whole.</summary>
internal sealed record OpenedContent(Stream Stream, long ObjectSize) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Stream.DisposeAsync();
}
