using Burqi.Catalog.Tests.Fixtures;
using Burqi.Contracts.Calls;

namespace Burqi.Catalog.Tests.Calls;

public sealed class TrackCallTests(CatalogHost catalog)
{
    [Fact]
    public async Task Consume_Started_RowIsInProgress()
    {
        var told = new Told();
        await catalog.TellAsync(told.CallStarted());

        (await catalog.CallAsync(told.CallId)).ShouldHave(
            ("status", "in-progress"), ("provider", "twilio"), ("account_id", "AC0123456789abcdef0123456789abcdef"), ("direction", "inbound"),
            ("from_address", "+15005550006"), ("to_address", "+15005550001"), ("assistant_id", "assistant-1"),
            ("started_at", "2026-03-01T09:30:00.123+00:00"), ("ended_at", null), ("duration_ms", null));
    }

    [Fact]
    public async Task Consume_StartedAgainLater_KeepsTheFirstStart()
    {
        var told = new Told();
        await catalog.TellAsync(told.CallStarted(), told.CallStarted(Told.Start.AddSeconds(4)));

        (await catalog.CallAsync(told.CallId)).ShouldHave(("started_at", "2026-03-01T09:30:00.123+00:00"));
    }

    [Theory]
    [InlineData(CallStatuses.Completed)]
    [InlineData(CallStatuses.NoAnswer)]
    public async Task Consume_EndedBeforeStarted_IsOverAndComplete(string status)
    {
        var told = new Told();
        await catalog.TellAsync(told.CallEnded(status));
        (await catalog.CallAsync(told.CallId)).ShouldHave(("status", status), ("started_at", null), ("listed_at", "2026-03-01T09:30:31.123+00:00"));

        await catalog.TellAsync(told.CallStarted());
        (await catalog.CallAsync(told.CallId)).ShouldHave(
            ("status", status), ("started_at", "2026-03-01T09:30:00.123+00:00"), ("listed_at", "2026-03-01T09:30:00.123+00:00"),
            ("duration_ms", 31000), ("ended_at", "2026-03-01T09:30:31.123+00:00"));
    }
}
