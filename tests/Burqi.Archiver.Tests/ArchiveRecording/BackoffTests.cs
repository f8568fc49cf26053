using Burqi.Archiver.ArchiveRecording;

namespace Burqi.Archiver.Tests.ArchiveRecording;

public sealed class BackoffTests
{
    private readonly ArchiverOptions _options = new() { RetryBaseDelay = TimeSpan.FromSeconds(2), RetryMaxDelay = TimeSpan.FromMinutes(5) };

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 4)]
    [InlineData(5, 32)]
    [InlineData(9, 300)]
    [InlineData(10_000, 300)]
    public void Delay_AnyAttempt_IsSpreadOverAllOfABoundThatDoublesUpToTheCap(int attempt, double boundSeconds)
    {
        var random = new Random(1);
        var delays = Enumerable.Range(0, 2000).Select(_ => Backoff.Delay(attempt, _options, atLeast: null, random).TotalSeconds).ToList();

        delays.Max().ShouldBeInRange(boundSeconds * 0.98, boundSeconds);
        delays.Min().ShouldBeInRange(0, boundSeconds * 0.02);
        delays.Average().ShouldBe(boundSeconds / 2, boundSeconds * 0.05);
    }

    [Fact]
    public void Delay_SourceAsksForMore_IsNotLess()
    {
        var asked = TimeSpan.FromSeconds(30);
        Enumerable.Range(0, 100).ShouldAllBe(seed => Backoff.Delay(1, _options, asked, new Random(seed)) >= asked);
    }
}
