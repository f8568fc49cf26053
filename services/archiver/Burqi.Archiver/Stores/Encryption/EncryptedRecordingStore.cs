using System.Security.Cryptography;
using Burqi.Encryption;

namespace Burqi.Archiver.Stores.Encryption;

/// <summary>
/// Encrypts what goes into another store, where there is a key for new objects, and decrypts what comes out of it, where it is encrypted. Sizes
/// and checksums are the audio's, and of the metadata only what is not encryption's own is seen.
/// </summary>
internal sealed class EncryptedRecordingStore(IRecordingStore inner, KeyRing keys) : IRecordingStore, IDisposable
{
    public string Name => inner.Name;

    public async Task<IRecordingUpload> BeginUploadAsync(NewObject newObject, CancellationToken cancellationToken)
    {
        if (keys.CurrentId is null)
        {
            return await inner.BeginUploadAsync(newObject, cancellationToken);
        }

        var secret = ObjectSecret.Create();
        var envelope = await keys.WrapAsync(secret, newObject.Key.Value, cancellationToken);
        var upload = await inner.BeginUploadAsync(
            newObject with
            {
                ExpectedSha256 = null, // the object's own is not known before it is encrypted, and the audio's would tell of it
                ExpectedSize = newObject.ExpectedSize is { } size ? EncryptedLayout.EncryptedSize(size) : null,
                Metadata = envelope.In(newObject.Metadata),
            },
            cancellationToken);
        var encrypted = new EncryptedRecordingUpload(upload, new ObjectSecret(secret, newObject.Key.Value), envelope.KeyId);
        CryptographicOperations.ZeroMemory(secret);
        return encrypted;
    }

    /// <inheritdoc/>
    /// <exception cref="EncryptionException">The object is encrypted, and cannot be decrypted.</exception>
    public async Task<OpenedObject?> OpenReadAsync(ObjectKey key, CancellationToken cancellationToken, long offset = 0)
    {
        // Whether it is encrypted is told with the object only. Where there are keys it probably is, and asked for in one go.
        var from = keys.HasKeys ? EncryptedLayout.Holding(offset, length: 1).Offset : offset;
        var opened = await inner.OpenReadAsync(key, cancellationToken, from);
        if (opened is null)
        {
            return null;
        }

        try
        {
            if (Envelope.Of(opened.Metadata) is { } envelope)
            {
                var secret = await keys.OpenAsync(envelope, key.Value, cancellationToken);
                var size = EncryptedLayout.AudioSize(opened.Size);
                return new OpenedObject(new DecryptingStream(opened.Body, secret, opened.Size, offset, size), size, Others(opened.Metadata))
                {
                    EncryptionKeyId = envelope.KeyId,
                };
            }
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }

        if (from == offset)
        {
            return opened;
        }

        await opened.DisposeAsync();
        return await inner.OpenReadAsync(key, cancellationToken, offset);
    }

    public async Task<StoredDescription?> DescribeAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var description = await inner.DescribeAsync(key, cancellationToken);
        return description is not null && Envelope.IsIn(description.Metadata)
            ? description with { Size = EncryptedLayout.AudioSize(description.Size), Metadata = Others(description.Metadata), Sha256 = null }
            : description;
    }

    public Task DeleteAsync(ObjectKey key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);

    public async Task ReplaceMetadataAsync(ObjectKey key, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var envelope = await inner.DescribeAsync(key, cancellationToken) is { } description ? Envelope.Of(description.Metadata) : null;
        await inner.ReplaceMetadataAsync(key, envelope?.In(metadata) ?? metadata, cancellationToken);
    }

    public Task<bool> SetTierAsync(ObjectKey key, string tier, CancellationToken cancellationToken) => inner.SetTierAsync(key, tier, cancellationToken);

    public Task<int> SweepAsync(TimeSpan olderThan, CancellationToken cancellationToken) => inner.SweepAsync(olderThan, cancellationToken);

    public string UrlOf(ObjectKey key) => inner.UrlOf(key);

    public Task CheckAsync(CancellationToken cancellationToken) => inner.CheckAsync(cancellationToken);

    /// <summary>
    /// Has the object's own key wrapped by the current one, where another wrapped it: its metadata is replaced and read back, its content stays
    /// as it is. Done twice, or by two at once, it comes to the same.
    /// </summary>
    /// <returns>The key that the object's is wrapped by now; null when the object is not encrypted.</returns>
    /// <exception cref="FileNotFoundException">There is no such object.</exception>
    /// <exception cref="EncryptionException">The object's key cannot be unwrapped, or is not what was written.</exception>
    public async Task<string?> RewrapAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var before = await DescribeAsync();
        if (Envelope.Of(before.Metadata) is not { } envelope || envelope.KeyId == keys.CurrentId)
        {
            return Envelope.Of(before.Metadata)?.KeyId;
        }

        var secret = await keys.UnwrapAsync(envelope, key.Value, cancellationToken);
        var renewed = await keys.WrapAsync(secret, key.Value, cancellationToken);
        await inner.ReplaceMetadataAsync(key, renewed.In(before.Metadata), cancellationToken);

        var after = await DescribeAsync();
        var written = Envelope.Of(after.Metadata) ?? throw new EncryptionException("The store took the re-wrapped key and does not have it.");
        var readBack = await keys.UnwrapAsync(written, key.Value, cancellationToken);
        if (after.Size != before.Size || !CryptographicOperations.FixedTimeEquals(secret, readBack))
        {
            throw new EncryptionException("The object is not what it was before its key was re-wrapped.");
        }

        return written.KeyId;

        async Task<StoredDescription> DescribeAsync() =>
            await inner.DescribeAsync(key, cancellationToken) ?? throw new FileNotFoundException("The store does not have the object.");
    }

    public void Dispose() => (inner as IDisposable)?.Dispose();

    private static Dictionary<string, string> Others(IReadOnlyDictionary<string, string> metadata) =>
        metadata.Where(pair => !Envelope.Names.Contains(pair.Key)).ToDictionary(StringComparer.Ordinal);
}
