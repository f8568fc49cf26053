namespace Burqi.Encryption;

/// <summary>A key that wraps the secrets of objects: one that the process holds itself, or one that a key management service keeps.</summary>
internal interface IKeyEncryptionKey
{
    /// <summary>What objects name it by; never secret.</summary>
    string Id { get; }

    /// <summary>Wraps a secret for one object and no other.</summary>
    /// <exception cref="EncryptionException">It cannot be done, for ever or now.</exception>
    Task<byte[]> WrapAsync(ReadOnlyMemory<byte> secret, string objectKey, CancellationToken cancellationToken);

    /// <summary>The secret that was wrapped for this object.</summary>
    /// <exception cref="EncryptionException">It is none that this key wrapped for this object, or it cannot be done now.</exception>
    Task<byte[]> UnwrapAsync(ReadOnlyMemory<byte> wrapped, string objectKey, CancellationToken cancellationToken);
}
