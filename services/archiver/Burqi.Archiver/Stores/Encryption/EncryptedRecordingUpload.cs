using System.Buffers;
using System.Security.Cryptography;
using Burqi.Encryption;

namespace Burqi.Archiver.Stores.Encryption;

/// <summary>Audio on its way into a store, chunk by chunk: the last one is held back until it is known that it is.</summary>
internal sealed class EncryptedRecordingUpload(IRecordingUpload inner, ObjectSecret secret, string keyId) : IRecordingUpload
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[]? _audio = ArrayPool<byte>.Shared.Rent(EncryptedLayout.ChunkSize);
    private byte[]? _encrypted = ArrayPool<byte>.Shared.Rent(EncryptedLayout.EncryptedChunkSize);
    private int _filled;
    private long _chunk;

    public string? EncryptionKeyId => keyId;

    public async Task WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        while (!content.IsEmpty)
        {
            if (_filled == EncryptedLayout.ChunkSize)
            {
                await WriteChunkAsync(isLast: false, cancellationToken);
            }

            var take = Math.Min(content.Length, EncryptedLayout.ChunkSize - _filled);
            content[..take].CopyTo(_audio.AsMemory(_filled));
            _filled += take;
            content = content[take..];
        }
    }

    /// <summary>The object's checksum is another than the audio's, which would tell who knows the audio that it is this.</summary>
    public async Task CommitAsync(string sha256, CancellationToken cancellationToken)
    {
        await WriteChunkAsync(isLast: true, cancellationToken);
        await inner.CommitAsync(Convert.ToHexStringLower(_hash.GetCurrentHash()), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        if (_audio is { } audio && _encrypted is { } encrypted)
        {
            (_audio, _encrypted) = (null, null);
            ArrayPool<byte>.Shared.Return(audio, clearArray: true);
            ArrayPool<byte>.Shared.Return(encrypted);
            secret.Dispose();
            _hash.Dispose();
        }
    }

    private async Task WriteChunkAsync(bool isLast, CancellationToken cancellationToken)
    {
        var encrypted = _encrypted.AsMemory(0, _filled + EncryptedLayout.TagSize);
        secret.Encrypt(_chunk, isLast, _audio.AsSpan(0, _filled), encrypted.Span);
        _hash.AppendData(encrypted.Span);
        _chunk++;
        _filled = 0;
        await inner.WriteAsync(encrypted, cancellationToken);
    }
}
