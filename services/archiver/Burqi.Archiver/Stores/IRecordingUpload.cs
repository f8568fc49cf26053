namespace Burqi.Archiver.Stores;

/// <summary>An object being written. Disposed without a commit, it leaves nothing behind but what is never seen and goes by itself.</summary>
internal interface IRecordingUpload : IAsyncDisposable
{
    /// <summary>Appends to the object; the memory is the caller's again when it returns.</summary>
    Task WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Makes the object seen under its key, durably.</summary>
    /// <param name="sha256">The checksum of all that was written, 64 lower-case hexadecimal digits.</param>
    /// <param name="cancellationToken">Stops the attempt; whether the object is seen is then not known.</param>
    Task CommitAsync(string sha256, CancellationToken cancellationToken);

    /// <summary>The key that the object is encrypted with, by its id; null where it is not.</summary>
    string? EncryptionKeyId => null;
}
