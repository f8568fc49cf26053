using Burqi.Catalog.Content;

namespace Burqi.Catalog.Recordings.Merge;

/// <summary>The bytes of a merged file from one place on, as they are asked for: one recording at a time is open.</summary>
internal sealed class MergedStream(MergedFile file, long offset, long length, MergeContents contents) : Stream
{
    private readonly long _start = offset;
    private readonly long _end = offset + length;
    private long _position = offset;
    private int _part;
    private OpenedContent? _open;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _end - _start;

    public override long Position
    {
        get => _position - _start;
        set => throw new NotSupportedException();
    }

    /// <summary>Opens what is read first, so that it is known whether it is there before the answer begins.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (_position < _end && Current() is { Piece: { } piece } part)
        {
            await OpenAsync(part, piece, cancellationToken);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= _end || buffer.Length == 0)
        {
            return 0;
        }

        var part = Current();
        var within = _position - part.Start;
        var wanted = (int)Math.Min(buffer.Length, Math.Min(part.Length - within, _end - _position));
        var read = wanted;
        if (part.Piece is { } piece)
        {
            _open ??= await OpenAsync(part, piece, cancellationToken);
            read = await _open.Stream.ReadAsync(buffer[..wanted], cancellationToken);
            if (read == 0)
            {
                throw new EndOfStreamException($"The store broke off in recording {piece.Recording.Id}.");
            }
        }
        else if (part.Bytes is { } bytes)
        {
            bytes.AsMemory((int)within, wanted).CopyTo(buffer);
        }
        else
        {
            buffer.Span[..wanted].Fill(part.Silence);
        }

        _position += read;
        if (_open is not null && _position == part.Start + part.Length)
        {
            await _open.DisposeAsync();
            _open = null;
        }

        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override async ValueTask DisposeAsync()
    {
        if (_open is not null)
        {
            await _open.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    private MergedPart Current()
    {
        while (_position >= file.Parts[_part].Start + file.Parts[_part].Length)
        {
            _part++;
        }

        return file.Parts[_part];
    }

    private async Task<OpenedContent> OpenAsync(MergedPart part, MergePiece piece, CancellationToken cancellationToken)
    {
        var within = _position - part.Start;
        return _open = await contents.OpenAsync(
            piece.Recording, piece.Layout.DataOffset + within, Math.Min(part.Length - within, _end - _position), cancellationToken);
    }
}
