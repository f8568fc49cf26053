using System.Net;
using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Catalog.Tests.Recordings.Upgrade;
using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Tests.Usage;

/// <summary>On a database of its own: what the provider keeps for nothing is shared by all that there is.</summary>
public sealed class UsageTests(UsageTests.OwnHost catalog) : IClassFixture<UsageTests.OwnHost>
{
    private static readonly DateTimeOffset March = new(2026, 3, 31, 23, 59, 59, 999, TimeSpan.Zero);
    private static readonly DateTimeOffset April = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Get_CallsAtTheTurnOfAMonth_AreAddedUpByMonthAndAssistant()
    {
        // Ours: 61 s of three tracks are 2 minutes. The provider's: 60 s by its own count, though its file is longer, are 1.
        var first = new ToldCall();
        await TellAsync(first, "a", March, 61_000, 60_000);
        // Another stream of the same call counts by itself, and so does one that was never archived; it has no object.
        await catalog.TellAsync(first.Captured("mixed", "MZ2", 60_000) with { AssistantId = "a", StartedAt = March });

        // In April: 181 s are 4 minutes, and 1 s is one. The provider's copy is deleted in May.
        var second = new ToldCall();
        await TellAsync(second, "a", April, 1_000, 181_000);
        await catalog.TellAsync(Deleted(second, new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero)));

        // Of nobody's, deleted at once; and one that the provider says is absent.
        var third = new ToldCall();
        await TellAsync(third, null, April.AddDays(3), 30_000, 30_000);
        await catalog.TellAsync(Deleted(third, April.AddDays(3)), third.OfferFailed(RecordingStatuses.Absent, "RE2"));

        var report = await GetAsync("/usage?from=2026-03-01&to=2026-06-01");
        report.ShouldHave(("from", "2026-03-01T00:00:00Z"), ("to", "2026-06-01T00:00:00Z"));
        report["tariff"].ShouldHave(("recording_minute", 0.01m), ("storage_minute_month", 0.5m), ("free_storage_minutes", 2), ("unit", "EUR"));
        report["items"]!.AsArray().Count.ShouldBe(4, report["items"]!.ToJsonString());
        const long Local = 3 * 480_364;
        const long Provider = 963_244;
        Item("2026-03", "a").ShouldHave(
            ("local_minutes", 3), ("provider_minutes", 1), ("bytes_stored", Local + Provider), ("provider_minutes_stored", 1), ("provider_minutes_stored_beyond_free", 0),
            ("recording_price", 0.01m), ("storage_price", 0.0m), ("price", 0.01m));
        // At the end of April both are kept: 5 minutes, of which 2 cost nothing.
        Item("2026-04", "a").ShouldHave(
            ("local_minutes", 1), ("provider_minutes", 4), ("bytes_stored", Local + Provider), ("provider_minutes_stored", 5), ("provider_minutes_stored_beyond_free", 3),
            ("recording_price", 0.04m), ("storage_price", 1.5m), ("price", 1.54m));
        Item("2026-04", null).ShouldHave(("local_minutes", 1), ("provider_minutes", 1), ("provider_minutes_stored", 0), ("storage_price", 0.0m));
        // In May nothing is recorded, and what was deleted on its first day is kept no longer.
        Item("2026-05", "a").ShouldHave(("local_minutes", 0), ("provider_minutes", 0), ("bytes_stored", 0), ("provider_minutes_stored", 1));
        report["totals"].ShouldHave(
            ("local_minutes", 5), ("provider_minutes", 6), ("bytes_stored", 3 * (Local + Provider)), ("provider_minutes_stored", 7), ("price", 1.56m));

        // Another offset moves the limits, not the months; and one assistant alone is shown as among all.
        var moved = await GetAsync("/usage?from=2026-04-01T02:00:00%2B02:00&to=2026-05-01T00:00:00Z&assistant_id=a");
        moved["items"]!.AsArray().ShouldHaveSingleItem()!.ToJsonString().ShouldBe(Item("2026-04", "a").ToJsonString());
        (await GetAsync("/usage?from=2026-03-31T23:59:59.999Z&to=2026-04-01"))["items"]!.AsArray().ShouldHaveSingleItem().ShouldHave(("month", "2026-03"), ("local_minutes", 3));
        (await GetAsync("/usage?from=2026-03-01&to=2026-03-31T23:59:59.999Z"))["items"]!.AsArray().ShouldBeEmpty();

        JsonObject Item(string month, string? assistant) =>
            report["items"]!.AsArray().Single(item => item!["month"]!.GetValue<string>() == month && item["assistant_id"]?.GetValue<string>() == assistant)!.AsObject();
    }

    [Fact]
    public async Task Count_ObjectThatTwoRowsName_IsOfOne()
    {
        var call = new ToldCall();
        var at = new DateTimeOffset(2024, 1, 5, 0, 0, 0, TimeSpan.Zero);
        await TellAsync(call, "twice", at, 30_000, 30_000);
        await catalog.TellAsync(
            call.Archived("user", "MZ2") with { AssistantId = "twice", StartedAt = at, ObjectKey = $"recordings/{call.CallId}/MZ1_user.wav" },
            Deleted(call, at));

        // The mix points at the provider's object, and its own is still stored.
        (await catalog.RecordingAsync(call.Local("mixed"))).ShouldHave(("recording_sid", "RE1"));
        (await GetAsync("/usage?from=2024-01-01&to=2024-02-01&assistant_id=twice"))["totals"].ShouldHave(("bytes_stored", (3 * 480_364) + 963_244));
    }

    [Theory]
    [InlineData("user", "assistant", "mixed")]
    [InlineData("mixed", "user", "assistant")]
    [InlineData("assistant", "mixed", "user")]
    public async Task Count_TracksOfAStream_AreItsLongestWhateverTheOrder(params string[] order)
    {
        var at = new DateTimeOffset(2023, 1, 5, 0, 0, 0, TimeSpan.Zero);
        var (call, assistant) = (new ToldCall(), $"assistant-{order[0]}");
        foreach (var type in order)
        {
            await catalog.TellAsync(call.Captured(type, durationMs: type == "mixed" ? 121_000 : 59_000) with { AssistantId = assistant, StartedAt = at });
        }

        (await GetAsync($"/usage?from=2023-01-05&to=2023-01-06&assistant_id={assistant}"))["items"]!.AsArray().ShouldHaveSingleItem()
            .ShouldHave(("month", "2023-01"), ("local_minutes", 3), ("bytes_stored", 0));
    }

    [Theory]
    [InlineData("/usage", "from", "to")]
    [InlineData("/usage?from=2026-03-01", "to")]
    [InlineData("/usage?from=yesterday&to=2026-03-01", "from")]
    [InlineData("/usage?from=2026-03-01&to=2026-03-01", "to")]
    [InlineData("/usage?from=2026-03-02&to=2026-03-01", "to")]
    [InlineData("/usage?from=2025-03-01&to=2026-03-03", "to")]
    [InlineData("/usage?from=2026-03-01&to=2026-03-02T00:00:00", "to")]
    [InlineData("/usage?from=2026-03-01&from=2026-03-01&to=2026-03-02", "from")]
    [InlineData("/usage?from=2026-03-01&to=2026-03-02&assistant_id=", "assistant_id")]
    [InlineData("/usage?from=2026-03-01&to=2026-03-02&assistant_id=a%00b", "assistant_id")]
    [InlineData("/usage?from=2026-03-01&to=2026-03-02&month=3", "month")]
    public async Task Get_BadParameter_Is400AndNamesIt(string route, params string[] names)
    {
        using var answer = await catalog.Client.GetAsync(new Uri(route, UriKind.Relative));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["errors"]!.AsObject().Select(error => error.Key).ShouldBe(names, ignoreOrder: true);
    }

    [Fact]
    public async Task Get_WithoutAKey_Is401()
    {
        using var answer = await catalog.AnonymousClient.GetAsync(new Uri("/usage?from=2026-03-01&to=2026-03-02", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task TellAsync(ToldCall call, string? assistant, DateTimeOffset at, long localMs, long providerMs)
    {
        foreach (var type in (string[])["user", "assistant", "mixed"])
        {
            await catalog.TellAsync(
                call.Captured(type, durationMs: localMs) with { AssistantId = assistant, StartedAt = at, EndedAt = at.AddMilliseconds(localMs) },
                call.Archived(type, durationMs: localMs) with { AssistantId = assistant });
        }

        await catalog.TellAsync(
            call.OfferArchived() with { AssistantId = assistant, DurationMs = providerMs + 900 },
            call.OfferReady() with { AssistantId = assistant, StartedAt = at, DurationMs = providerMs });
    }

    private static ProviderRecordingDeleted Deleted(ToldCall call, DateTimeOffset at) => new()
    {
        RecordingId = call.Offer(),
        Provider = "twilio",
        CallId = call.CallId,
        RecordingType = RecordingTypes.Provider,
        RecordingSource = RecordingSources.Twilio,
        ProviderRecordingId = "RE1",
        ObjectKey = "k",
        DeletedAt = at,
    };

    private async Task<JsonNode> GetAsync(string route) => JsonNode.Parse(await catalog.Client.GetStringAsync(new Uri(route, UriKind.Relative)))!;

    public sealed class OwnHost : CatalogHost
    {
        protected override Task<Dictionary<string, string>> SettingsAsync() => Task.FromResult(new Dictionary<string, string>
        {
            ["TWILIO_PRICE_RECORDING_MINUTE"] = "0.01",
            ["TWILIO_PRICE_STORAGE_MINUTE_MONTH"] = "0.5",
            ["TWILIO_FREE_STORAGE_MINUTES"] = "2",
            ["TWILIO_PRICE_UNIT"] = "EUR",
        });
    }
}
