using Burqi.Media.Streams;

namespace Burqi.Media.Playback;

/// <summary>
/// What the caller hears of an agent: the model of the provider's playback queue, run by the call's clock. Not for two threads at once.
/// </summary>
internal sealed class AssistantPlayback
{
    /// <summary>
    /// Nothing is handed over before the clock has seen so much of the call: what waited for the connection comes in a burst, and only the
    /// last of it tells the time.
    /// </summary>
    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(200);

    /// <summary>A call of which no frame comes goes by our own clock.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromSeconds(2);

    /// <summary>While the clock still finds out how far the call is, what waits moves along with it; later it follows the provider's own pace.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    /// <summary>A correction smaller than this is not worth a break in the audio.</summary>
    private const int LeastCorrectionMs = 40;

    /// <summary>How far the call may be ahead of our own clock, which began when the stream's start came: that may have been held up.</summary>
    private const int MostAheadMs = 200;

    /// <summary>A provider's frame is hardly ever longer; within it a message that comes behind it was sent.</summary>
    private const int FrameMs = 20;

    private readonly TimeProvider _time;
    private readonly long _startedAt;
    private readonly int _sampleRate;
    private readonly CallClock _clock;
    private readonly PlaybackQueue _queue;
    private TimeSpan? _firstFrameAt;
    private bool _released;
    private long _correction;
    private long _frameEnd;

    public AssistantPlayback(TimeProvider time, long startedAt, int sampleRate, PcmBlockPool blocks, IPlaybackTrack track)
    {
        _time = time;
        _startedAt = startedAt;
        _sampleRate = sampleRate;
        _clock = new CallClock(sampleRate);
        _queue = new PlaybackQueue(sampleRate, blocks, track);
    }

    private TimeSpan Elapsed => _time.GetElapsedTime(_startedAt);

    /// <summary>A frame of the caller's came and ends there on the timeline: it tells what time it is in the call.</summary>
    public void Observe(long end, int length)
    {
        var elapsed = Elapsed;
        _frameEnd = Math.Max(_frameEnd, end);
        _firstFrameAt ??= elapsed;
        var before = Plausible(elapsed);
        _clock.Observe(elapsed, end, length);
        _correction = _queue.IsEmpty ? 0 : _correction + Plausible(elapsed) - before;
        if (_released && elapsed - _firstFrameAt < Settling && Math.Abs(_correction) >= Samples(LeastCorrectionMs))
        {
            Correct();
        }

        Advance(elapsed);
    }

    /// <summary>Positions mean another thing from here on: the provider's clock has jumped, or its connection is a new one.</summary>
    public void Restart() => _clock.Restart();

    public void Play(ReadOnlySpan<short> samples) => _queue.Enqueue(Now(), samples);

    public void Clear() => _queue.Clear(Now());

    public void Expect(ReadOnlySpan<byte> mark) => _queue.Expect(Now(), mark);

    /// <summary>
    /// A mark came back. It came on the connection that brings the caller's frames, so that it was sent between the one before it and the next:
    /// whatever holds up that connection does not count.
    /// </summary>
    public void Echo(ReadOnlySpan<byte> mark) => _queue.Echo(Math.Min(_clock.At(Elapsed), _frameEnd + Samples(FrameMs)), mark);

    /// <summary>The call has ended; what has not been played will not be.</summary>
    public void Complete()
    {
        Correct();
        _queue.Advance(_clock.At(Elapsed));
        _queue.Drop();
    }

    private long Now()
    {
        var elapsed = Elapsed;
        Advance(elapsed);
        return _clock.At(elapsed);
    }

    private void Advance(TimeSpan elapsed)
    {
        if (!_released)
        {
            if (_firstFrameAt is { } first ? elapsed - first < Hold : elapsed < LongestHold)
            {
                return;
            }

            _released = true;
            Correct();
        }

        _queue.Advance(_clock.At(elapsed));
    }

    /// <summary>
    /// What time it is in the call, and no later than it can be: a call that is played back to us faster than real time says nothing of when
    /// the agent was heard.
    /// </summary>
    private long Plausible(TimeSpan elapsed) => Math.Min(_clock.At(elapsed), (long)(elapsed.TotalSeconds * _sampleRate) + Samples(MostAheadMs));

    private void Correct()
    {
        if (_correction != 0)
        {
            _queue.Correct(_correction);
            _correction = 0;
        }
    }

    private long Samples(int milliseconds) => (long)milliseconds * _sampleRate / 1000;
}
