using Burqi.Archiver.Stores.Parts;

namespace Burqi.Archiver.Tests.Stores;

public sealed class PartSizesTests
{
    private const long MiB = 1024 * 1024;
    private const long GiB = 1024 * MiB;

    [Theory]
    [InlineData(1, 5)]
    [InlineData(5 * MiB * 10_000, 5)]
    [InlineData((5 * MiB * 10_000) + 1, 10)]
    [InlineData(5 * 1024 * GiB, 640)]
    public void Of_KnownSize_TenThousandPartsHoldIt(long expected, long size)
    {
        PartSizes.Of(1, PartSizes.Usual, expected).ShouldBe((int)(size * MiB));
        PartSizes.Of(10_000, PartSizes.Usual, expected).ShouldBe((int)(size * MiB));
        (PartSizes.Of(1, PartSizes.Usual, expected) * 10_000L).ShouldBeGreaterThanOrEqualTo(expected);
    }

    [Fact]
    public void Of_UnknownSize_PartsGrowAndHold300GiB()
    {
        PartSizes.Of(1, PartSizes.Usual, expected: null).ShouldBe(PartSizes.Usual);
        PartSizes.Of(1000, PartSizes.Usual, expected: null).ShouldBe(PartSizes.Usual);
        PartSizes.Of(1001, PartSizes.Usual, expected: null).ShouldBe(2 * PartSizes.Usual);
        PartSizes.Of(10_000, PartSizes.Usual, expected: null).ShouldBe((int)(40 * MiB));

        Enumerable.Range(1, 10_000).Sum(number => (long)PartSizes.Of(number, PartSizes.Usual, expected: null)).ShouldBeGreaterThan(300 * GiB);
    }

    [Fact]
    public void Of_MoreThanAnyStoreTakes_SaysSo()
    {
        Should.Throw<IOException>(() => PartSizes.Of(10_001, PartSizes.Usual, expected: null));
        Should.Throw<IOException>(() => PartSizes.Of(1, PartSizes.Usual, expected: long.MaxValue));
    }
}
