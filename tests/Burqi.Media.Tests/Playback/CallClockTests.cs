using Burqi.Media.Playback;

namespace Burqi.Media.Tests.Playback;

public sealed class CallClockTests
{
    private const int Rate = 8000;
    private const int Frame = 160;

    private readonly CallClock _clock = new(Rate);

    [Fact]
    public void At_BeforeTheFirstFrame_CountsFromTheStart()
    {
        _clock.At(TimeSpan.FromMilliseconds(250)).ShouldBe(2000);
    }

    [Theory]
    [InlineData(0)] // sent when it begins
    [InlineData(20)] // sent when it ends
    public void At_WhicheverEdgeOfAFrameSendsIt_IsHalfAFrameOffAtMost(int sentMs)
    {
        for (var i = 0; i < 50; i++)
        {
            Receive(i * 20 + sentMs, i);
        }

        MsAt(980 + sentMs).ShouldBe(980 + sentMs, 10.5);
    }

    [Fact]
    public void At_FirstFrameLongAfterTheStart_IsToldByTheFrame()
    {
        Receive(700, 0);

        MsAt(700).ShouldBe(0, 10.5);
        MsAt(1200).ShouldBe(500, 10.5);
    }

    [Fact]
    public void At_FramesThatJitter_FollowsTheLeastDelayed()
    {
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            Receive(i * 20 + random.Next(0, 80), i);
        }

        MsAt(10_000).ShouldBe(10_000, 12);
    }

    [Fact]
    public void At_InAStallAndTheBurstAfterIt_GoesOnEvenly()
    {
        for (var i = 0; i < 100; i++)
        {
            Receive(i * 20, i);
        }

        MsAt(5000).ShouldBe(5000, 10.5); // in the midst of five seconds without a frame
        for (var i = 100; i < 350; i++)
        {
            Receive(7000 + (i - 100) / 10, i);
        }

        MsAt(7025).ShouldBe(7025, 10.5);
    }

    [Fact]
    public void At_StallLongerThanTheMemory_KeepsTheClock()
    {
        Receive(0, 0);
        MsAt(600_000).ShouldBe(600_000, 10.5);
        _clock.Observe(TimeSpan.FromMilliseconds(600_000), 600_020 * 8, Frame);

        MsAt(600_000).ShouldBe(600_010);
    }

    [Theory]
    [InlineData(200e-6)]
    [InlineData(-200e-6)]
    public void At_ClocksThatRunApartForHours_StaysWithTheCalls(double skew)
    {
        const int hours = 4;
        var random = new Random(2);
        for (var i = 0; i < hours * 3600 * 50; i++)
        {
            var callMs = i * 20.0;
            Receive(callMs * (1 + skew) + random.Next(0, 15), i);
            if (i % 5000 == 4999)
            {
                MsAt(callMs * (1 + skew)).ShouldBe(callMs, 25);
            }
        }
    }

    [Fact]
    public void At_OlderFrameInBetween_ChangesNothing()
    {
        Receive(0, 0);
        Receive(40, 2);
        var before = MsAt(60);

        Receive(50, 1);

        MsAt(60).ShouldBe(before);
    }

    [Fact]
    public void At_LongFrames_AreTakenForSentAtTheirEnds()
    {
        _clock.Observe(TimeSpan.FromMilliseconds(1000), 8000, 8000);

        MsAt(1000).ShouldBe(990);
    }

    [Fact]
    public void Restart_PositionsThatMeanAnotherThing_TakesThemAlone()
    {
        Receive(0, 0);
        _clock.Restart();

        Receive(1000, 5);

        MsAt(1000).ShouldBe(100, 10.5);
    }

    [Fact]
    public void At_ClockBehindItsStart_IsNeverNegative()
    {
        Receive(2000, 0);

        MsAt(10).ShouldBe(0);
    }

    private void Receive(double atMs, int frame) => _clock.Observe(TimeSpan.FromMilliseconds(atMs), (frame + 1L) * Frame, Frame);

    private double MsAt(double ms) => _clock.At(TimeSpan.FromMilliseconds(ms)) / 8.0;
}
