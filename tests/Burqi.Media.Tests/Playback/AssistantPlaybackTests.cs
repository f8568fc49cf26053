using Burqi.Media.Playback;
using Burqi.Media.Streams;
using Burqi.Media.Tests.Fixtures;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Tests.Playback;

/// <summary>The model beside a call whose truth is known: a provider that plays what reaches it in real time.</summary>
public sealed class AssistantPlaybackTests
{
    private const int Frame = 160;
    private const int Tolerance = 20 * 8;

    private readonly HeardTrack _track = new();
    private readonly ManualTime _time = new();
    private readonly AssistantPlayback _playback;
    private int _frames;

    public AssistantPlaybackTests()
    {
        var blocks = new PcmBlockPool(Options.Create(new MediaOptions()));
        _playback = new AssistantPlayback(_time, _time.GetTimestamp(), 8000, blocks, _track);
    }

    [Fact]
    public void Greeting_BeforeTheFirstFrame_LiesWhereTheCallsClockSays()
    {
        // The agent greets at once; the provider's clock begins 600 ms after the stream's start.
        At(20, () => _playback.Play(Speech(1, 3000)));
        ReceiveFrames(startMs: 600, count: 300);
        _playback.Complete();

        Heard(1, 3000).ShouldBe(0);
    }

    [Fact]
    public void Greeting_FirstFramesHeldUp_LiesWhereItWasHeard()
    {
        // Frames of the first 400 ms come at once, late; what the agent said at 100 ms was heard at 100 ms.
        At(100, () => _playback.Play(Speech(1, 3000)));
        _time.MoveTo(400);
        for (var i = 0; i < 20; i++)
        {
            Receive();
        }

        ReceiveFrames(startMs: 0, count: 300);
        _playback.Complete();

        Heard(1, 3000).ShouldBe(100 * 8, Tolerance);
    }

    [Fact]
    public void Greeting_NoFrameEver_IsRecordedByOurOwnClock()
    {
        At(500, () => _playback.Play(Speech(1, 1000)));
        At(2500, _playback.Complete);

        Heard(1, 1000).ShouldBe(500 * 8);
    }

    [Fact]
    public void Answer_WhileFramesStall_LiesWhereItWasHeard()
    {
        ReceiveFrames(startMs: 0, count: 500);
        At(12_000, () => _playback.Play(Speech(1, 1000)));
        _time.MoveTo(15_000);
        ReceiveFrames(startMs: 0, count: 500);
        _playback.Complete();

        Heard(1, 1000).ShouldBe(12_000 * 8, Tolerance);
    }

    [Fact]
    public void Echo_HeldUpTogetherWithTheFrames_MovesNothing()
    {
        ReceiveFrames(startMs: 0, count: 100);
        At(2000, () => _playback.Play(Speech(1, 1000)));
        At(2000, () => _playback.Expect("a"u8));
        At(2000, () => _playback.Play(Speech(2, 4000)));

        // Frames and the mark that belongs among them, a second late.
        _time.MoveTo(4000);
        for (var i = 0; i < 50; i++)
        {
            Receive();
        }

        _playback.Echo("a"u8);
        ReceiveFrames(startMs: 0, count: 400);
        _playback.Complete();

        Heard(2, 4000).ShouldBe(3000 * 8, Tolerance);
    }

    [Fact]
    public void Echo_OfAProviderThatPlaysLate_CorrectsWhatFollows()
    {
        ReceiveFrames(startMs: 0, count: 100);
        At(2000, () => _playback.Play(Speech(1, 1000)));
        At(2000, () => _playback.Expect("a"u8));
        ReceiveFrames(startMs: 0, count: 65);
        At(3300, () => _playback.Echo("a"u8)); // 300 ms later than if it had begun at once
        ReceiveFrames(startMs: 0, count: 60);
        At(4500, () => _playback.Play(Speech(2, 1000)));
        ReceiveFrames(startMs: 0, count: 100);
        _playback.Complete();

        Heard(2, 1000).ShouldBe(4800 * 8, Tolerance);
    }

    [Fact]
    public void Call_ThatIsPlayedFasterThanRealTime_KeepsWhatTheAgentSaid()
    {
        _time.MoveTo(5);
        _playback.Play(Speech(1, 1000));
        for (var i = 0; i < 250; i++)
        {
            _time.MoveTo(5 + i / 10);
            Receive();
        }

        _playback.Play(Speech(2, 1000));
        for (var i = 0; i < 250; i++)
        {
            _time.MoveTo(300 + i);
            Receive();
        }

        _playback.Complete();

        Heard(1, 1000).ShouldBeLessThan(Heard(2, 1000));
        Heard(2, 1000).ShouldBe(5000 * 8, 250 * 8);
    }

    [Fact]
    public void End_OfTheCall_CutsWhatWasNotHeard()
    {
        ReceiveFrames(startMs: 0, count: 100);
        At(2000, () => _playback.Play(Speech(1, 10_000)));
        ReceiveFrames(startMs: 0, count: 150);
        At(5000, _playback.Complete);

        ((double)_track.Samples.Length).ShouldBe(5000 * 8, Tolerance);
    }

    private double Heard(int seed, int ms)
    {
        var at = _track.Samples.AsSpan().IndexOf(Speech(seed, ms));
        at.ShouldBeGreaterThanOrEqualTo(0, "It was heard in one piece.");
        return at;
    }

    private void At(long ms, Action what)
    {
        _time.MoveTo(ms);
        what();
    }

    /// <summary>The next frames, each when it is due.</summary>
    private void ReceiveFrames(long startMs, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _time.MoveTo(Math.Max(_time.Ms, startMs + _frames * 20L));
            Receive();
        }
    }

    private void Receive() => _playback.Observe(++_frames * (long)Frame, Frame);

    private static short[] Speech(int seed, int ms)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, ms * 8).Select(_ => (short)random.Next(1, short.MaxValue))];
    }
}
