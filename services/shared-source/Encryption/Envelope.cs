namespace Burqi.Encryption;

/// <summary>
/// What stands in the metadata of an encrypted object: that it is one, and its secret, wrapped by a key that is named. Sizes and chunks follow
/// from the version and the object's own size.
/// </summary>
/// <param name="KeyId">The key that the secret is wrapped by.</param>
/// <param name="WrappedSecret">The secret, as that key wrapped it.</param>
internal sealed record Envelope(string KeyId, byte[] WrappedSecret)
{
    private const string VersionName = "burqiencryption";
    private const string KeyIdName = "burqikeyid";
    private const string WrappedSecretName = "burqikey";
    private const string Version = "1";

    /// <summary>The names that encryption takes in an object's metadata; the others are for others.</summary>
    public static IReadOnlyList<string> Names { get; } = [VersionName, KeyIdName, WrappedSecretName];

    /// <summary>Whether an object with this metadata is encrypted, in whatever version.</summary>
    public static bool IsIn(IReadOnlyDictionary<string, string> metadata) => metadata.ContainsKey(VersionName);

    /// <summary>The envelope of an object with this metadata; null when it is not encrypted.</summary>
    /// <exception cref="EncryptionException">It is, in a way that cannot be read.</exception>
    public static Envelope? Of(IReadOnlyDictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(VersionName, out var version))
        {
            return null;
        }

        if (version != Version)
        {
            throw new EncryptionException($"The object is encrypted in version '{version}', which this release does not know.");
        }

        if (!metadata.TryGetValue(KeyIdName, out var keyId) || !metadata.TryGetValue(WrappedSecretName, out var wrapped))
        {
            throw new EncryptionException("The object is encrypted and the part of its metadata that says how is lost.");
        }

        try
        {
            return new Envelope(keyId, Convert.FromBase64String(wrapped));
        }
        catch (FormatException exception)
        {
            throw new EncryptionException("The object is encrypted and the wrapped key in its metadata is not base64.", exception);
        }
    }

    /// <summary>An object's metadata with this envelope in it.</summary>
    public IReadOnlyDictionary<string, string> In(IReadOnlyDictionary<string, string>? metadata) =>
        new Dictionary<string, string>(metadata ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal)
        {
            [VersionName] = Version,
            [KeyIdName] = KeyId,
            [WrappedSecretName] = Convert.ToBase64String(WrappedSecret),
        };

    /// <summary>Never what is wrapped: records print all they hold.</summary>
    public override string ToString() => KeyId;
}
