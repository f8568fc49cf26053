using Burqi.Media.Streams;
using Burqi.Media.Tests.Fixtures;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Tests.Streams;

/// <summary>When the heap is trimmed: after a burst of streams, and never while somebody could hear it.</summary>
public sealed class HeapTrimTests
{
    private const int Streams = HeapTrim.Burst;

    private readonly ManualTime _time = new();
    private readonly PcmBlockPool _blocks = new(Options.Create(new MediaOptions()));
    private readonly HeapTrim _trim;

    public HeapTrimTests() => _trim = new HeapTrim(_blocks, _time, NullLogger<HeapTrim>.Instance);

    [Fact]
    public void Burst_ThatIsOver_IsTrimmedOnce()
    {
        Open(Streams);
        _trim.TrimWhenSettled(Streams, relayed: 0).ShouldBeFalse("streams may still be opening");

        Wait(TimeSpan.FromSeconds(2));

        _trim.TrimWhenSettled(Streams, relayed: 0).ShouldBeTrue();
        _trim.TrimWhenSettled(Streams, relayed: 0).ShouldBeFalse("there was nothing new");
    }

    [Fact]
    public void FewStreams_AreNotWorthIt()
    {
        Open(Streams - 1);
        Wait(TimeSpan.FromHours(1));

        _trim.TrimWhenSettled(Streams - 1, relayed: 0).ShouldBeFalse();
    }

    [Fact]
    public void Burst_WhileAnAgentIsSpokenWith_WaitsForTheEndOfThatCall()
    {
        Open(Streams);
        Wait(TimeSpan.FromSeconds(2));

        _trim.TrimWhenSettled(Streams, relayed: 1).ShouldBeFalse();
        _trim.TrimWhenSettled(Streams, relayed: 0).ShouldBeTrue();
    }

    [Fact]
    public void Burst_OfWhichTheDiskHasNotTakenAll_Waits()
    {
        Open(Streams);
        Wait(TimeSpan.FromSeconds(2));
        var held = Enumerable.Range(0, 4 * Streams + 1).Select(_ => _blocks.TryRent()!).ToList();

        _trim.TrimWhenSettled(Streams, relayed: 0).ShouldBeFalse();
        _blocks.Return(held[0]);
        _trim.TrimWhenSettled(Streams, relayed: 0).ShouldBeTrue();
    }

    [Fact]
    public void SecondBurst_RightAfterTheFirst_IsTrimmedAMinuteLater()
    {
        Open(Streams);
        Wait(TimeSpan.FromSeconds(2));
        _trim.TrimWhenSettled(Streams, relayed: 0).ShouldBeTrue();

        Open(Streams);
        Wait(TimeSpan.FromSeconds(2));
        _trim.TrimWhenSettled(2 * Streams, relayed: 0).ShouldBeFalse();
        Wait(TimeSpan.FromSeconds(58));
        _trim.TrimWhenSettled(2 * Streams, relayed: 0).ShouldBeTrue();
    }

    private void Wait(TimeSpan time) => _time.MoveTo(_time.Ms + (long)time.TotalMilliseconds);

    private void Open(int streams)
    {
        for (var i = 0; i < streams; i++)
        {
            _trim.Note();
        }
    }
}
