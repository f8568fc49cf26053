using Microsoft.Extensions.Logging;

namespace Burqi.Media.Streams;

/// <summary>
/// Gives back what a burst of openings or endings left behind. Live streams allocate nothing, so after a burst no collection comes by itself: the
/// garbage of hundreds of openings, more than the streams themselves need, would stay for as long as they last.
/// </summary>
internal sealed partial class HeapTrim(PcmBlockPool blocks, TimeProvider time, ILogger<HeapTrim> logger)
{
    /// <summary>What fewer openings and endings leave is not worth stopping the process for, which takes some ten ms.</summary>
    public const int Burst = 32;

    /// <summary>A stream holds a block for each track, and more while the disk is behind: then what was opened is not yet all there.</summary>
    private const int SettledBlocksPerStream = 4;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private int _changes;
    private long _changedAt;
    private long? _trimmedAt;

    /// <summary>A stream was opened or has ended.</summary>
    public void Note()
    {
        Volatile.Write(ref _changedAt, time.GetTimestamp());
        Interlocked.Increment(ref _changes);
    }

    /// <summary>Collects, if a burst is over; true when it did.</summary>
    /// <param name="streams">How many are open.</param>
    /// <param name="relayed">How many of them two parties talk through, who would notice the pause: then it waits.</param>
    public bool TrimWhenSettled(int streams, int relayed)
    {
        if (relayed > 0
            || Volatile.Read(ref _changes) < Burst
            || time.GetElapsedTime(Volatile.Read(ref _changedAt)) < Quiet
            || (_trimmedAt is { } last && time.GetElapsedTime(last) < Interval)
            || blocks.Rented > SettledBlocksPerStream * streams)
        {
            return false;
        }

        Volatile.Write(ref _changes, 0);
        _trimmedAt = time.GetTimestamp();
        blocks.Shrink();
        var before = GC.GetTotalMemory(forceFullCollection: false);
        var paused = GC.GetTotalPauseDuration();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Log.Trimmed(logger, before, GC.GetTotalMemory(forceFullCollection: false), (GC.GetTotalPauseDuration() - paused).TotalMilliseconds);
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(3060, LogLevel.Debug, "After a burst of streams the heap was trimmed from {BytesBefore} to {BytesAfter} bytes in {PauseMs} ms")]
        public static partial void Trimmed(ILogger logger, long bytesBefore, long bytesAfter, double pauseMs);
    }
}
