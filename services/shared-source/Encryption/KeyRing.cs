using System.Security.Cryptography;

namespace Burqi.Encryption;

/// <summary>The keys there are: at most one that new objects are encrypted with, and those that older ones still need.</summary>
internal sealed class KeyRing
{
    private readonly Dictionary<string, IKeyEncryptionKey> _keys;
    private readonly IKeyEncryptionKey? _current;

    public KeyRing(IKeyEncryptionKey? current, IEnumerable<IKeyEncryptionKey> old)
    {
        _current = current;
        _keys = old.ToDictionary(key => key.Id, StringComparer.Ordinal);
        if (current is not null)
        {
            _keys[current.Id] = current;
        }
    }

    /// <summary>The key that new objects are encrypted with; null where they are not.</summary>
    public string? CurrentId => _current?.Id;

    /// <summary>Whether there is a key at all, if only to read with.</summary>
    public bool HasKeys => _keys.Count > 0;

    /// <summary>Wraps an object's secret by the current key.</summary>
    /// <exception cref="EncryptionException">It cannot be done, for ever or now.</exception>
    public async Task<Envelope> WrapAsync(ReadOnlyMemory<byte> secret, string objectKey, CancellationToken cancellationToken)
    {
        var key = _current ?? throw new EncryptionException("No key is configured to encrypt with (BURQI_ENCRYPTION_KEY, BURQI_ENCRYPTION_KEY_FILE or BURQI_ENCRYPTION_KMS_KEY_ID).");
        return new Envelope(key.Id, await key.WrapAsync(secret, objectKey, cancellationToken));
    }

    /// <summary>The secret in an object's envelope.</summary>
    /// <exception cref="EncryptionException">There is no such key, it is another one, or it cannot be asked now.</exception>
    public Task<byte[]> UnwrapAsync(Envelope envelope, string objectKey, CancellationToken cancellationToken) => _keys.TryGetValue(envelope.KeyId, out var key)
        ? key.UnwrapAsync(envelope.WrappedSecret, objectKey, cancellationToken)
        : throw new EncryptionException($"The object is encrypted with key '{envelope.KeyId}', which is not configured here (BURQI_ENCRYPTION_OLD_KEYS takes older ones).");

    /// <summary>Opens an object's envelope for its chunks.</summary>
    /// <inheritdoc cref="UnwrapAsync"/>
    public async Task<ObjectSecret> OpenAsync(Envelope envelope, string objectKey, CancellationToken cancellationToken)
    {
        var secret = await UnwrapAsync(envelope, objectKey, cancellationToken);
        try
        {
            return new ObjectSecret(secret, objectKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
