namespace Burqi.Archiver.Stores;

/// <summary>An object, open for reading.</summary>
/// <param name="Body">The content from where it was asked for. The object is closed with it.</param>
/// <param name="Size">The size of the whole object.</param>
/// <param name="Metadata">What is kept with it.</param>
internal sealed record OpenedObject(Stream Body, long Size, IReadOnlyDictionary<string, string> Metadata) : IAsyncDisposable
{
    /// <summary>The key that it is encrypted with, by its id; null where it is not.</summary>
    public string? EncryptionKeyId { get; init; }

    public ValueTask DisposeAsync() => Body.DisposeAsync();
}
