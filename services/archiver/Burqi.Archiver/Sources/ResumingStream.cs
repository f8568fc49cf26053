using System.Runtime.CompilerServices;
using Burqi.Archiver.ArchiveRecording;

namespace Burqi.Archiver.Sources;

/// <summary>
/// A body that goes on where it broke off. What is read is always one and the same file from its first byte on: whoever continues it has
/// made sure of that, or throws.
/// </summary>
/// <param name="first">The content from its first byte. Its faults are TransferExceptions.</param>
/// <param name="size">How many bytes there are in all; null where the source does not say.</param>
/// <param name="continueAt">
/// Opens the same content at an offset; answers null where the source only ever begins at the start. Null: the source cannot be continued.
/// </param>
/// <param name="patience">How often and after what waits.</param>
/// <param name="goesOn">Told of each time that the content goes on: from which byte, and why it stopped there.</param>
/// <param name="clock">By which is waited.</param>
internal sealed class ResumingStream(
    Stream first,
    long? size,
    Func<long, CancellationToken, Task<Stream?>>? continueAt,
    ResumePatience patience,
    Action<long, TransferException> goesOn,
    TimeProvider clock) : Stream
{
    // A connection that carries this much is worth as much trouble as a new one: a long file may break as often as it likes.
    private const long WorthIt = 8 * 1024 * 1024;

    private Stream _part = first;
    private long _position;
    private long _sinceResumed;
    private int _resumed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    // A recording is read in thousands of pieces, each of which would leave an object behind.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            TransferException trouble;
            try
            {
                if (await _part.ReadAsync(buffer, cancellationToken) is var read && (read > 0 || buffer.IsEmpty || !(_position < size)))
                {
                    Advance(read);
                    return read;
                }

                trouble = new TransferException(TransferFailure.SourceUnavailable, $"The source ended after {_position} of {size} bytes.");
            }
            catch (TransferException) when (_position == size)
            {
                return 0; // nothing was lost with the connection
            }
            catch (TransferException exception) when (exception.Failure == TransferFailure.SourceUnavailable)
            {
                trouble = exception;
            }

            await ContinueAsync(trouble, cancellationToken);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _part.Dispose();
        }

        base.Dispose(disposing);
    }

    public override async ValueTask DisposeAsync()
    {
        await _part.DisposeAsync();
        await base.DisposeAsync();
    }

    private void Advance(int read)
    {
        _position += read;
        _sinceResumed += read;
        if (_sinceResumed >= WorthIt)
        {
            _resumed = 0;
        }
    }

    /// <summary>Opens the content where it stopped.</summary>
    /// <exception cref="TransferException">It cannot be had from there, or is another one by now; or the source asks to be left alone for longer than is waited here.</exception>
    private async Task ContinueAsync(TransferException trouble, CancellationToken cancellationToken)
    {
        while (continueAt is not null && trouble.RetryAfter is null && _resumed < patience.Times)
        {
            await Task.Delay(patience.Delay * Math.Pow(2, _resumed), clock, cancellationToken);
            _resumed++;
            _sinceResumed = 0;
            await _part.DisposeAsync();
            try
            {
                if (await continueAt(_position, cancellationToken) is not { } next)
                {
                    break;
                }

                _part = next;
                goesOn(_position, trouble);
                return;
            }
            catch (TransferException exception) when (exception.Failure == TransferFailure.SourceUnavailable)
            {
                trouble = exception;
            }
        }

        throw trouble;
    }
}

/// <summary>How hard content that broke off is tried to be continued, before the attempt fails.</summary>
/// <param name="Times">How often in a row without much coming of it.</param>
/// <param name="Delay">The first wait; each further one is twice as long.</param>
internal sealed record ResumePatience(int Times, TimeSpan Delay);
