namespace Burqi.Media.Playback;

/// <summary>
/// What time it is in the call, told from when the provider's frames come: the frame that was least on its way says how far the call's clock
/// lies behind ours. Stalls, and the bursts that follow them, are frames that were longer on their way and so say nothing; clocks that run
/// apart by some parts in a million are followed, because only the last minute counts.
/// </summary>
internal sealed class CallClock
{
    private const int Windows = 12;

    /// <summary>
    /// Half a usual frame. Whether a frame is sent when it begins or when it ends is the provider's affair, and it begins to play audio at
    /// the next frame's edge: the middle is never further off than this.
    /// </summary>
    private const int HalfFrameMs = 10;

    private static readonly long WindowTicks = TimeSpan.FromSeconds(5).Ticks;

    private readonly int _sampleRate;
    private readonly long[] _least = new long[Windows];
    private long _window;
    private long _lag;

    public CallClock(int sampleRate)
    {
        _sampleRate = sampleRate;
        Array.Fill(_least, long.MaxValue);
    }

    /// <summary>
    /// The sample of the timeline that is now, so long after the stream's start by our own clock. Until a frame has been seen the call is taken
    /// to have begun with the stream.
    /// </summary>
    public long At(TimeSpan elapsed) => Math.Max(0, Samples(elapsed) - _lag);

    /// <summary>Notes the arrival of a frame that ends at <paramref name="end"/>.</summary>
    public void Observe(TimeSpan elapsed, long end, int length)
    {
        var window = elapsed.Ticks / WindowTicks;
        for (var passed = Math.Max(_window + 1, window - Windows + 1); passed <= window; passed++)
        {
            _least[passed % Windows] = long.MaxValue;
        }

        _window = Math.Max(_window, window);
        ref var least = ref _least[window % Windows];
        least = Math.Min(least, Samples(elapsed) - (end - Math.Min(length / 2, HalfFrameMs * _sampleRate / 1000)));
        _lag = long.MaxValue;
        foreach (var lag in _least)
        {
            _lag = Math.Min(_lag, lag);
        }
    }

    /// <summary>Forgets what it saw: from here on positions mean another thing.</summary>
    public void Restart() => Array.Fill(_least, long.MaxValue);

    private long Samples(TimeSpan elapsed) => elapsed.Ticks * _sampleRate / TimeSpan.TicksPerSecond;
}
