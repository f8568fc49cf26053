namespace Burqi.Archiver.Stores.Parts;

/// <summary>
/// An object gathered in memory: what fits into one part is put in one request, longer content goes up in parts, a few at once while the next
/// is being filled. A part whose request fails is sent again by the store's client; what outlasts that ends the upload.
/// </summary>
internal abstract class PartedUpload(PartBuffers buffers, int partSize, NewObject newObject) : IRecordingUpload
{
    private readonly List<Task> _underWay = [];
    private readonly CancellationTokenSource _stopped = new();
    private readonly PartShare _share = buffers.Share(SizeOf(1, partSize, newObject, written: 0));
    private PartBuffer? _filling;
    private int _parts;
    private long _written;
    private bool _committed;

    protected NewObject NewObject => newObject;

    public async Task WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (newObject.ExpectedSize is { } expected && _written + content.Length > expected)
        {
            throw new InvalidOperationException($"The object gets more than the {expected} bytes it was to have.");
        }

        while (!content.IsEmpty)
        {
            // Only when there is more to come: content that fills the buffer to the byte still goes in one request.
            if (_filling is { IsFull: true })
            {
                await StartPartAsync(cancellationToken);
            }

            _filling ??= await RentAsync(cancellationToken);
            var taken = _filling.Fill(content.Span);
            _written += taken;
            content = content[taken..];
        }
    }

    public async Task CommitAsync(string sha256, CancellationToken cancellationToken)
    {
        if (newObject.ExpectedSize is { } expected && _written != expected)
        {
            throw new InvalidOperationException($"The object got {_written} bytes of the {expected} it was to have.");
        }

        if (_parts == 0)
        {
            await PutWholeAsync(_filling, sha256, cancellationToken);
            _filling?.Dispose();
            _share.Dispose();
        }
        else
        {
            await StartPartAsync(cancellationToken);
            while (_underWay.Count > 0)
            {
                await EndOneAsync(cancellationToken);
            }

            _share.Dispose(); // what follows, and the reading of the object, needs no memory
            await CommitPartsAsync(_parts, _written, sha256, cancellationToken);
        }

        _committed = true;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        await Task.WhenAll(_underWay).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // they give their buffers back
        _stopped.Dispose();
        _filling?.Dispose();
        _share.Dispose();
        if (_parts > 0 && !_committed)
        {
            await AbortPartsAsync();
        }
    }

    /// <summary>Puts the whole object in one request; null when it is empty.</summary>
    protected abstract Task PutWholeAsync(PartBuffer? content, string sha256, CancellationToken cancellationToken);

    /// <summary>Called once, before the first part.</summary>
    protected abstract Task BeginPartsAsync(CancellationToken cancellationToken);

    /// <summary>Puts one part, while others are being put; its number is counted from 1.</summary>
    protected abstract Task PutPartAsync(int number, PartBuffer content, CancellationToken cancellationToken);

    /// <summary>Makes the object of its parts.</summary>
    protected abstract Task CommitPartsAsync(int parts, long size, string sha256, CancellationToken cancellationToken);

    /// <summary>Discards the parts, as far as that can be done now; does not throw for what cannot.</summary>
    protected abstract Task AbortPartsAsync();

    /// <summary>A buffer for the next part: at once while there is room, else when one of our own parts is up.</summary>
    private async Task<PartBuffer> RentAsync(CancellationToken cancellationToken)
    {
        var size = SizeOf(_parts + 1, partSize, newObject, _written);
        while (true)
        {
            if (_share.TryRent(size) is { } buffer)
            {
                return buffer;
            }

            await EndOneAsync(cancellationToken);
        }
    }

    private static int SizeOf(int number, int smallest, NewObject newObject, long written)
    {
        var size = PartSizes.Of(number, smallest, newObject.ExpectedSize);
        return newObject.ExpectedSize is { } expected ? (int)Math.Min(size, expected - written) : size;
    }

    /// <summary>Sends what was gathered off, as soon as there is room for one more.</summary>
    private async Task StartPartAsync(CancellationToken cancellationToken)
    {
        if (_parts == 0)
        {
            await BeginPartsAsync(cancellationToken);
        }

        while (_underWay.Count >= buffers.Parallel)
        {
            await EndOneAsync(cancellationToken);
        }

        _underWay.Add(PutAndReturnAsync(++_parts, _filling!));
        _filling = null;
    }

    private async Task PutAndReturnAsync(int number, PartBuffer part)
    {
        using (part)
        {
            await PutPartAsync(number, part, _stopped.Token);
        }
    }

    /// <summary>Waits for whichever part is up first, and throws what it failed with.</summary>
    private async Task EndOneAsync(CancellationToken cancellationToken)
    {
        var ended = await Task.WhenAny(_underWay).WaitAsync(cancellationToken);
        _underWay.Remove(ended);
        await ended;
    }
}
