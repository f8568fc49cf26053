using Burqi.Catalog.Usage;

namespace Burqi.Catalog.Tests.Usage;

public sealed class UsageBillTests
{
    private static readonly Tariff Listed = new(0.0025m, 0.0005m, 10_000, "USD");
    private static readonly UsagePeriod Quarter = new(Utc(2026, 1, 15), Utc(2026, 4, 1));

    [Fact]
    public void Months_OfAPeriod_AreThoseOfUtcAndTheLastEndsWithIt()
    {
        new UsagePeriod(Utc(2025, 12, 31), Utc(2026, 2, 1)).Months.ShouldBe([("2025-12", Utc(2026, 1, 1)), ("2026-01", Utc(2026, 2, 1))]);
        new UsagePeriod(Utc(2026, 2, 3), Utc(2026, 2, 4)).Months.ShouldBe([("2026-02", Utc(2026, 2, 4))]);
    }

    [Theory]
    [InlineData("2026-03-01", "2026-03-01T00:00:00")]
    [InlineData("2026-03-01T01:00:00+02:00", "2026-02-28T23:00:00")]
    [InlineData("2026-03-01T01:00:00.5Z", "2026-03-01T01:00:00.5")]
    [InlineData("2026-03-01T01:00:00", null)]
    [InlineData("2026-02-30", null)]
    [InlineData("01.03.2026", null)]
    [InlineData("0001-01-01", null)]
    [InlineData("9999-12-31", null)]
    public void ParseTime_Text_IsADayOrATimeWithItsOffset(string text, string? expected) => UsagePeriod.ParseTime(text)
        .ShouldBe(expected is null ? null : DateTime.SpecifyKind(DateTime.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), DateTimeKind.Utc));

    [Fact]
    public void Of_MinutesRecorded_CostsWhatTheTariffSays()
    {
        var report = UsageBill.Of(Quarter, Listed, [new(0, "a", 7, 3, 100), new(2, "a", 1, 1, 20), new(2, null, 5, 333, 1)], [], null);

        report.Items.Select(item => (item.Month, item.AssistantId, item.LocalMinutes, item.ProviderMinutes, item.BytesStored, item.RecordingPrice, item.Price)).ShouldBe(
        [
            ("2026-01", "a", 7L, 3L, 100L, 0.0075m, 0.0075m), ("2026-03", null, 5L, 333L, 1L, 0.8325m, 0.8325m), ("2026-03", "a", 1L, 1L, 20L, 0.0025m, 0.0025m),
        ]);
        (report.Totals.LocalMinutes, report.Totals.ProviderMinutes, report.Totals.BytesStored, report.Totals.Price).ShouldBe((13, 337, 121, 0.8425m));
    }

    [Fact]
    public void Of_MinutesKept_CountFromTheMonthTheyCameInUntilTheOneTheyWentIn()
    {
        var report = UsageBill.Of(Quarter, Listed with { FreeStorageMinutes = 0 }, [], [new("a", 0, null, 10), new("a", 1, 2, 5), new("a", 2, 2, 3)], null);

        report.Items.Select(item => (item.Month, item.ProviderMinutesStored, item.StoragePrice)).ShouldBe(
            [("2026-01", 10L, 0.0050m), ("2026-02", 15L, 0.0075m), ("2026-03", 10L, 0.0050m)]);
        (report.Totals.ProviderMinutesStored, report.Totals.StoragePrice, report.Totals.Price).ShouldBe((35, 0.0175m, 0.0175m));
    }

    [Theory]
    [InlineData(10_000, 0)]
    [InlineData(10_001, 1)]
    [InlineData(25_000, 15_000)]
    public void Of_FreeMinutes_AreKeptForNothing(long stored, long beyond)
    {
        var item = UsageBill.Of(new(Utc(2026, 1, 1), Utc(2026, 2, 1)), Listed, [], [new("a", 0, null, stored)], null).Items.ShouldHaveSingleItem();

        (item.ProviderMinutesStored, item.ProviderMinutesStoredBeyondFree, item.StoragePrice).ShouldBe((stored, beyond, beyond * 0.0005m));
    }

    [Fact]
    public void Of_FreeMinutesOfSeveral_AreSharedInProportionAndNoneIsLost()
    {
        KeptUsage[] kept = [new("a", 0, null, 1), new("b", 0, null, 1), new("c", 0, null, 1), new(null, 0, null, 4)];
        var period = new UsagePeriod(Utc(2026, 1, 1), Utc(2026, 2, 1));
        for (var free = 0; free <= 8; free++)
        {
            var items = UsageBill.Of(period, Listed with { FreeStorageMinutes = free }, [], kept, null).Items;
            items.Sum(item => item.ProviderMinutesStoredBeyondFree).ShouldBe(Math.Max(0, 7 - free), $"{free} free");
            items.ShouldAllBe(item => item.ProviderMinutesStoredBeyondFree >= 0 && item.ProviderMinutesStoredBeyondFree <= item.ProviderMinutesStored);
        }

        // One assistant alone has what it has among all.
        var alone = UsageBill.Of(period, Listed with { FreeStorageMinutes = 4 }, [], kept, "b").Items.ShouldHaveSingleItem();
        alone.ShouldBe(UsageBill.Of(period, Listed with { FreeStorageMinutes = 4 }, [], kept, null).Items.Single(item => item.AssistantId == "b"));
    }

    private static DateTime Utc(int year, int month, int day) => new(year, month, day, 0, 0, 0, DateTimeKind.Utc);
}
