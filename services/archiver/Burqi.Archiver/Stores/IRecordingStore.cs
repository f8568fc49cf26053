namespace Burqi.Archiver.Stores;

/// <summary>
/// Where recordings are kept. Every failure of it is taken for passing: a full disk, a missing bucket or a wrong key is put right by
/// somebody, and the recording is still wanted then. Exceptions are the implementation's own; their messages hold no secret.
/// </summary>
internal interface IRecordingStore
{
    /// <summary>One of <see cref="StoreNames"/>.</summary>
    string Name { get; }

    /// <summary>
    /// Begins to write an object. Nothing is seen under <paramref name="key"/> before the upload is committed; an object that is there
    /// already is replaced then, in one step. What an earlier, broken upload of the same key left behind is removed.
    /// </summary>
    /// <param name="key">The object's name.</param>
    /// <param name="expectedSha256">The checksum the content will have, where that is known beforehand.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    Task<IRecordingUpload> BeginUploadAsync(ObjectKey key, string? expectedSha256, CancellationToken cancellationToken);

    /// <summary>Opens what is stored under the key, from its first byte; null when there is nothing.</summary>
    Task<Stream?> OpenReadAsync(ObjectKey key, CancellationToken cancellationToken);

    /// <summary>Where the object lies: a <c>file://</c>, <c>s3://</c> or <c>https://</c> URL, which by itself opens nothing.</summary>
    string UrlOf(ObjectKey key);

    /// <summary>Returns when the store can be written to, and throws otherwise.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}
