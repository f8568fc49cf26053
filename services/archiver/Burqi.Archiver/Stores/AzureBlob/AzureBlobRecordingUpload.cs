using System.Buffers;
using System.Buffers.Binary;
using Burqi.AzureBlob;

namespace Burqi.Archiver.Stores.AzureBlob;

/// <summary>
/// An object gathered in one buffer: what fits into it is put in one request. Longer content goes up in blocks of its size, a few at once
/// while the next is being filled. Blocks that are never committed are never seen; Azure discards them by itself a week later, or with the
/// next commit of the same key, and there is no other way to be rid of them that would not show an empty object under the key meanwhile.
/// </summary>
internal sealed class AzureBlobRecordingUpload(AzureBlobClient client, AzureBlobStoreOptions options, ObjectKey key) : IRecordingUpload
{
    // Two workers may upload the same key, one of them having lost its lease unawares: neither must commit the other's blocks. All ids of a
    // blob have to be of one length.
    private readonly Guid _upload = Guid.CreateVersion7();
    private readonly List<string> _blocks = [];
    private readonly List<Task> _underWay = [];
    private readonly CancellationTokenSource _stopped = new();
    private byte[]? _buffer;
    private int _filled;

    private AzureBlobProperties Properties { get; } = new()
    {
        ContentType = ContentTypeOf(key),
        EncryptionScope = options.EncryptionScope.Length == 0 ? null : options.EncryptionScope,
    };

    public async Task WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        while (!content.IsEmpty)
        {
            // Only when there is more to come: content that fills the buffer to the byte still goes in one request.
            if (_filled == options.BlockSize)
            {
                await StartBlockAsync(cancellationToken);
            }

            _buffer ??= ArrayPool<byte>.Shared.Rent(options.BlockSize);
            var take = Math.Min(content.Length, options.BlockSize - _filled);
            content[..take].CopyTo(_buffer.AsMemory(_filled));
            _filled += take;
            content = content[take..];
        }
    }

    public async Task CommitAsync(string sha256, CancellationToken cancellationToken)
    {
        var properties = Properties with { Sha256 = sha256 };
        if (_blocks.Count == 0)
        {
            await client.PutBlobAsync(key.Value, _buffer.AsMemory(0, _filled), properties, cancellationToken);
            return;
        }

        await StartBlockAsync(cancellationToken);
        while (_underWay.Count > 0)
        {
            await EndOneAsync(cancellationToken);
        }

        await client.PutBlockListAsync(key.Value, _blocks, properties, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await Task.WhenAll(_underWay).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // they give their buffers back
        _stopped.Dispose();
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Sends what was gathered off, as soon as there is room for one more.</summary>
    private async Task StartBlockAsync(CancellationToken cancellationToken)
    {
        while (_underWay.Count >= options.ParallelBlocks)
        {
            await EndOneAsync(cancellationToken);
        }

        var id = BlockId(_blocks.Count);
        _blocks.Add(id);
        _underWay.Add(PutAndReturnAsync(id, _buffer!, _filled));
        (_buffer, _filled) = (null, 0);
    }

    /// <summary>Waits for whichever block is up first, and throws what it failed with.</summary>
    private async Task EndOneAsync(CancellationToken cancellationToken)
    {
        var ended = await Task.WhenAny(_underWay).WaitAsync(cancellationToken);
        _underWay.Remove(ended);
        await ended;
    }

    private async Task PutAndReturnAsync(string id, byte[] block, int length)
    {
        try
        {
            await client.PutBlockAsync(key.Value, id, block.AsMemory(0, length), Properties, _stopped.Token);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private string BlockId(int number)
    {
        Span<byte> id = stackalloc byte[20];
        _upload.TryWriteBytes(id);
        BinaryPrimitives.WriteInt32BigEndian(id[16..], number);
        return Convert.ToBase64String(id);
    }

    private static string ContentTypeOf(ObjectKey key) => Path.GetExtension(key.Value) switch
    {
        ".wav" => "audio/wav",
        ".mp3" => "audio/mpeg",
        _ => "application/octet-stream",
    };
}
