using System.Runtime.CompilerServices;
using Burqi.Archiver.ArchiveRecording;

namespace Burqi.Archiver.Sources;

/// <summary>A body that may be slow but not still: each read must bring something within the limit, and all of them together a little. Its faults are the source's.</summary>
/// <param name="inner">The body.</param>
/// <param name="limit">How long it may be still.</param>
/// <param name="clock">By which that is measured.</param>
/// <param name="owner">What holds the connection, and goes with the body.</param>
internal sealed class IdleTimeoutStream(Stream inner, TimeSpan limit, TimeProvider clock, IDisposable? owner = null) : Stream
{
    // A byte now and then would keep a worker for years. Slower than half of what a telephone sends, nothing is worth waiting for.
    private const int LowestRate = 4 * 1024;
    private static readonly TimeSpan RateWindow = TimeSpan.FromMinutes(5);

    private TimeSpan _waited;
    private long _brought;
    private CancellationTokenSource _idle = new(Timeout.InfiniteTimeSpan, clock);

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
        if (!_idle.TryReset())
        {
            _idle.Dispose();
            _idle = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        }

        _idle.CancelAfter(limit);
        var begun = clock.GetTimestamp();
        int read;
        try
        {
            await using (cancellationToken.UnsafeRegister(static idle => ((CancellationTokenSource)idle!).Cancel(), _idle))
            {
                read = await inner.ReadAsync(buffer, _idle.Token);
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransferException(
                TransferFailure.SourceUnavailable, $"The source sent nothing for {limit.TotalSeconds:0.#} s in the middle of the recording.", exception);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw new TransferException(TransferFailure.SourceUnavailable, "The source broke off in the middle of the recording.", exception);
        }

        CheckRate(read, clock.GetElapsedTime(begun));
        return read;
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

    /// <summary>The time that passes between two reads is not the source's.</summary>
    private void CheckRate(int read, TimeSpan waited)
    {
        (_brought, _waited) = (_brought + read, _waited + waited);
        if (_waited < RateWindow || read == 0)
        {
            return;
        }

        if (_brought < LowestRate * _waited.TotalSeconds)
        {
            throw new TransferException(
                TransferFailure.SourceUnavailable,
                $"The source sent {_brought} bytes in {_waited.TotalSeconds:0} s in the middle of the recording, which is too slow to wait for.");
        }

        (_brought, _waited) = (0, TimeSpan.Zero);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            _idle.Dispose();
            owner?.Dispose();
        }

        base.Dispose(disposing);
    }

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        _idle.Dispose();
        owner?.Dispose();
        await base.DisposeAsync();
    }
}
