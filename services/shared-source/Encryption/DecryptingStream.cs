using System.Buffers;

namespace Burqi.Encryption;

/// <summary>
/// The audio, or a part of it, as its encrypted chunks come. No byte is given out before its whole chunk was found to be what was stored, and
/// one whose chunks end too soon throws: what is read is the audio or nothing.
/// </summary>
internal sealed class DecryptingStream : Stream
{
    private readonly Stream _encrypted;
    private readonly ObjectSecret _secret;
    private readonly long _encryptedSize;
    private byte[]? _incoming = ArrayPool<byte>.Shared.Rent(EncryptedLayout.EncryptedChunkSize);
    private byte[]? _audio = ArrayPool<byte>.Shared.Rent(EncryptedLayout.ChunkSize);
    private long _chunk;
    private int _skip;
    private long _left;
    private int _at;
    private int _filled;

    /// <summary>A part of an object's audio.</summary>
    /// <param name="encrypted">The object, from the chunk on that holds <paramref name="offset"/>. It is disposed of with this stream.</param>
    /// <param name="secret">The object's own. It is disposed of with this stream.</param>
    /// <param name="encryptedSize">The size of the whole object.</param>
    /// <param name="offset">The first byte of the audio that is wanted.</param>
    /// <param name="length">How many are wanted, all to the end where that comes first.</param>
    public DecryptingStream(Stream encrypted, ObjectSecret secret, long encryptedSize, long offset, long length)
    {
        (_encrypted, _secret, _encryptedSize) = (encrypted, secret, encryptedSize);
        (_chunk, var skip) = Math.DivRem(offset, EncryptedLayout.ChunkSize);
        _skip = (int)skip;
        _left = Math.Max(0, Math.Min(length, EncryptedLayout.AudioSize(encryptedSize) - offset));
        IsEmptyToCheck = _chunk == 0 && encryptedSize == EncryptedLayout.TagSize;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Audio without a byte has a chunk all the same, which says that it is meant.</summary>
    private bool IsEmptyToCheck { get; set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_at == _filled && (_left > 0 || IsEmptyToCheck))
        {
            await ReadChunkAsync(cancellationToken);
        }

        var take = (int)Math.Min(Math.Min(buffer.Length, _filled - _at), _left);
        _audio.AsMemory(_at, take).CopyTo(buffer);
        _at += take;
        _left -= take;
        return take;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The audio is read asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override async ValueTask DisposeAsync()
    {
        await _encrypted.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _incoming is { } incoming && _audio is { } audio)
        {
            (_incoming, _audio, _at, _filled, _left) = (null, null, 0, 0, 0);
            ArrayPool<byte>.Shared.Return(incoming);
            ArrayPool<byte>.Shared.Return(audio, clearArray: true);
            _encrypted.Dispose();
            _secret.Dispose();
        }

        base.Dispose(disposing);
    }

    private async Task ReadChunkAsync(CancellationToken cancellationToken)
    {
        var begins = _chunk * EncryptedLayout.EncryptedChunkSize;
        var size = (int)Math.Min(EncryptedLayout.EncryptedChunkSize, _encryptedSize - begins);
        var incoming = _incoming.AsMemory(0, size);
        if (await _encrypted.ReadAtLeastAsync(incoming, size, throwOnEndOfStream: false, cancellationToken) < size)
        {
            throw new EncryptionException($"The encrypted object ends within chunk {_chunk}.");
        }

        _secret.Decrypt(_chunk, isLast: begins + size == _encryptedSize, incoming.Span, _audio);
        _chunk++;
        _filled = size - EncryptedLayout.TagSize;
        (_at, _skip) = (Math.Min(_skip, _filled), 0);
        IsEmptyToCheck = false;
    }
}
