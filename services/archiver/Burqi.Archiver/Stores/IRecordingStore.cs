using Burqi.Contracts.Recordings;

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
    /// Begins to write an object. Nothing is seen under its key before the upload is committed; an object that is there already is replaced
    /// then, in one step and with its metadata. What an earlier, broken upload of the same key left behind is removed.
    /// </summary>
    Task<IRecordingUpload> BeginUploadAsync(NewObject newObject, CancellationToken cancellationToken);

    /// <summary>Opens what is stored under the key, to be read as it comes; null when there is nothing.</summary>
    /// <param name="key">The object's name.</param>
    /// <param name="cancellationToken">Stops the attempt to open; reading has a token of its own.</param>
    /// <param name="offset">The first byte to be read; at or behind the end, the body is empty.</param>
    Task<OpenedObject?> OpenReadAsync(ObjectKey key, CancellationToken cancellationToken, long offset = 0);

    /// <summary>What is known of an object without reading it; null when there is nothing under the key.</summary>
    Task<StoredDescription?> DescribeAsync(ObjectKey key, CancellationToken cancellationToken);

    /// <summary>Deletes an object; one that is gone already counts as deleted.</summary>
    Task DeleteAsync(ObjectKey key, CancellationToken cancellationToken);

    /// <summary>Gives an object other metadata, in one step: all of it is replaced, and its content is untouched.</summary>
    /// <exception cref="FileNotFoundException">There is no such object.</exception>
    Task ReplaceMetadataAsync(ObjectKey key, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken);

    /// <summary>Moves an object to one of <see cref="StorageTiers"/>; content and metadata stay what they are.</summary>
    /// <returns>False when this store has no such tier.</returns>
    /// <exception cref="FileNotFoundException">There is no such object.</exception>
    Task<bool> SetTierAsync(ObjectKey key, string tier, CancellationToken cancellationToken);

    /// <summary>Removes what uploads left behind that nobody will finish.</summary>
    /// <param name="olderThan">Only what is older than this, for an upload may be under way.</param>
    /// <param name="cancellationToken">Stops the sweep; what it removed stays removed.</param>
    /// <returns>How many were removed.</returns>
    /// <exception cref="IncompleteSweepException">Some could not be removed; all others were.</exception>
    Task<int> SweepAsync(TimeSpan olderThan, CancellationToken cancellationToken);

    /// <summary>Where the object lies: a <c>file://</c>, <c>s3://</c> or <c>https://</c> URL, which by itself opens nothing.</summary>
    string UrlOf(ObjectKey key);

    /// <summary>Returns when the store can be written to, and throws otherwise.</summary>
    Task CheckAsync(CancellationToken cancellationToken);
}
