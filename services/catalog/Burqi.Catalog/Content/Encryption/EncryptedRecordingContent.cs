using Burqi.Encryption;

namespace Burqi.Catalog.Content.Encryption;

/// <summary>
/// Reads what another store holds and gives the audio of it: of an encrypted object the chunks that hold what is asked for are read and
/// decrypted on the way, any other object goes through as it is. An encrypted object whose key is not here is told of in one sentence.
/// </summary>
internal sealed class EncryptedRecordingContent(IRecordingContent inner, KeyRing keys) : IRecordingContent
{
    public string Store => inner.Store;

    /// <inheritdoc/>
    /// <exception cref="EncryptionException">The object is encrypted, and cannot be decrypted.</exception>
    public async Task<FoundContent?> FindAsync(string objectKey, CancellationToken cancellationToken)
    {
        var found = await inner.FindAsync(objectKey, cancellationToken);
        if (found is null || Envelope.Of(found.Metadata) is not { } envelope)
        {
            return found;
        }

        using var secret = await keys.OpenAsync(envelope, objectKey, cancellationToken);
        return found with { ObjectSize = EncryptedLayout.AudioSize(found.ObjectSize) };
    }

    /// <inheritdoc/>
    /// <exception cref="EncryptionException">The object is encrypted, and cannot be decrypted.</exception>
    public async Task<OpenedContent?> OpenAsync(string objectKey, long offset, long length, CancellationToken cancellationToken)
    {
        // Whether it is encrypted is told with the object only. Where there are keys it probably is, and asked for in one go.
        if (keys.HasKeys)
        {
            var (from, size) = EncryptedLayout.Holding(offset, length);
            var opened = await inner.OpenAsync(objectKey, from, size, cancellationToken);
            if (opened is not null && Envelope.IsIn(opened.Metadata))
            {
                return await DecryptAsync(objectKey, opened, offset, length, cancellationToken);
            }

            if (opened is not null && from == offset)
            {
                return opened;
            }

            await (opened?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        var plain = await inner.OpenAsync(objectKey, offset, length, cancellationToken);
        return plain is not null && Envelope.IsIn(plain.Metadata) ? await DecryptAsync(objectKey, plain, offset, length, cancellationToken) : plain;
    }

    private async Task<OpenedContent> DecryptAsync(string objectKey, OpenedContent opened, long offset, long length, CancellationToken cancellationToken)
    {
        try
        {
            var secret = await keys.OpenAsync(Envelope.Of(opened.Metadata)!, objectKey, cancellationToken);
            var size = EncryptedLayout.AudioSize(opened.ObjectSize);
            return opened with { Stream = new DecryptingStream(opened.Stream, secret, opened.ObjectSize, offset, length), ObjectSize = size };
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }
}
