namespace Burqi.Catalog.Content;

/// <summary>Reads archived audio from the store it lies in. Nothing here writes.</summary>
internal interface IRecordingContent
{
    /// <summary>The store as messages and <c>recording_metadata.store</c> name it.</summary>
    string Store { get; }

    /// <summary>The object's size in bytes, and what stands in its metadata; null when there is no such object.</summary>
    Task<FoundContent?> FindAsync(string objectKey, CancellationToken cancellationToken);

    /// <summary>
    /// Opens <paramref name="length"/> bytes from <paramref name="offset"/> on, to be read as they come; null when there is no such object.
    /// </summary>
    /// <returns>The bytes, which the caller disposes of, and the whole object's size.</returns>
    /// <exception cref="ContentArchivedException">The store says that it lies in an archive tier.</exception>
    Task<OpenedContent?> OpenAsync(string objectKey, long offset, long length, CancellationToken cancellationToken);
}
