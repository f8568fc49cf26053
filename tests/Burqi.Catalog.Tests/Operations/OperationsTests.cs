using System.Net;
using System.Text.Json.Nodes;
using Burqi.Catalog.Operations;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Contracts.Operations;
using Burqi.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Tests.Operations;

/// <summary>On a database of its own: what is counted is all that there is.</summary>
public sealed class OperationsTests(OperationsTests.OwnHost catalog) : IClassFixture<OperationsTests.OwnHost>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_RecordedMissingAndFailedCalls_ShowsEachWhereItBelongs()
    {
        var now = DateTimeOffset.UtcNow;
        var (live, done, failed, missing) = (new Told(), new Told(), new Told(), new Told());
        await catalog.TellAsync(live.CallStarted(now), live.Started(now), new Told { CallId = live.CallId }.Started(now) with { RecordingType = "user" });
        await catalog.TellAsync(done.CallStarted(now), done.Started(now), done.Captured(), done.Archived(), done.CallEnded(at: now));
        await catalog.TellAsync(failed.Started(now), failed.Failed());
        await catalog.TellAsync(missing.CallStarted(now.AddMinutes(-1)), missing.CallEnded(at: now.AddSeconds(-20)));

        var report = await Eventually.ReturnsAsync(async () => await GetAsync() is { } answer && answer["counts"]!["missing"]!.GetValue<long>() == 1 ? answer : null);

        report["counts"].ShouldHave(("calls_in_progress", 1), ("recording", 2), ("captured", 0), ("archiving", 0), ("failed", 1), ("missing", 1));
        var active = report["active"]!.AsArray().ShouldHaveSingleItem();
        active.ShouldHave(("call_id", live.CallId), ("from_address", "+15005550006"), ("assistant_id", "assistant-1"));
        active!["recording_types"]!.ToJsonString().ShouldBe("""["mixed","user"]""");
        report["lacking"]!.AsArray().Select(call => call!["call_id"]!.GetValue<string>()).ShouldContain(missing.CallId);
        report["failed"]!.AsArray().ShouldHaveSingleItem().ShouldHave(("call_id", failed.CallId), ("reason", "The stream carried no audio."));
    }

    [Fact]
    public async Task Get_ReportsOutOfOrder_ShowsTheLatestOfEachAndWhatIsStale()
    {
        var now = DateTimeOffset.UtcNow;
        await catalog.TellAsync(
            Node("media-1", now, active: 3),
            Node("media-1", now.AddMinutes(-1), active: 9),
            Node("media-2", now.AddMinutes(-10), active: 1),
            Backlog(now, waiting: 4, open: "api.twilio.com store/s3"),
            Backlog(now.AddMinutes(-5), waiting: 99, open: null));

        var report = await GetAsync();

        var nodes = report["media_nodes"]!.AsArray().Where(node => node!["node"]!.GetValue<string>().StartsWith("media-", StringComparison.Ordinal)).ToArray();
        nodes.Length.ShouldBe(2);
        nodes[0].ShouldHave(("node", "media-1"), ("active_streams", 3), ("is_stale", false), ("disk_total_bytes", 1000), ("disk_free_bytes", 400));
        nodes[1].ShouldHave(("node", "media-2"), ("is_stale", true));
        report["jobs"].ShouldHave(("waiting", 4), ("dead", 1), ("is_stale", false), ("store", "s3"), ("store_free_bytes", null));
        report["jobs"]!["open_breakers"]!.ToJsonString().ShouldBe("""["api.twilio.com","store/s3"]""");
        report["jobs"]!["stuck"]!.AsArray().ShouldHaveSingleItem().ShouldHave(("call_id", "CA1"), ("error", "gone"));
    }

    [Fact]
    public async Task Consume_NodeSilentForAWeek_IsForgotten()
    {
        var now = DateTimeOffset.UtcNow;
        await catalog.TellAsync(Node("node-gone", now.AddDays(-8), active: 0), Node("node-here", now, active: 0));

        var nodes = (await GetAsync())["media_nodes"]!.AsArray().Select(node => node!["node"]!.GetValue<string>()).ToArray();

        nodes.ShouldContain("node-here");
        nodes.ShouldNotContain("node-gone");
    }

    [Fact]
    public async Task Measure_ObjectsInTwoStores_AddsThemUpByStore()
    {
        var (first, second, third) = (new Told(), new Told(), new Told());
        await catalog.TellAsync(
            first.Archived("a/1", fileSize: 1000) with { Store = "measured-1" },
            second.Archived("a/2", fileSize: 500) with { Store = "measured-1" },
            third.Archived("a/3", fileSize: 7) with { Store = "measured-2" });
        var measure = catalog.Services.GetRequiredService<MeasureStoreUseCommand>();
        await Eventually.BecomesTrueAsync(() => measure.ExecuteAsync(TimeSpan.Zero, Cancellation));

        var stores = (await GetAsync())["store_use"]!["stores"]!.AsArray();

        stores.Single(store => store!["store"]!.GetValue<string>() == "measured-1").ShouldHave(("recordings", 2), ("bytes", 1500));
        stores.Single(store => store!["store"]!.GetValue<string>() == "measured-2").ShouldHave(("recordings", 1), ("bytes", 7));
        (await measure.ExecuteAsync(TimeSpan.FromHours(1), Cancellation)).ShouldBeFalse("it was just measured");
    }

    [Fact]
    public async Task Get_WithAParameterOrWithoutAKey_IsRefused()
    {
        using var unknown = await catalog.Client.GetAsync(new Uri("/operations?since=1", UriKind.Relative), Cancellation);
        using var anonymous = await catalog.AnonymousClient.GetAsync(new Uri("/operations", UriKind.Relative), Cancellation);

        unknown.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        anonymous.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static MediaNodeReported Node(string node, DateTimeOffset at, int active) => new()
    {
        Node = node,
        ReportedAt = at,
        ActiveStreams = active,
        DiskTotalBytes = 1000,
        DiskFreeBytes = 400,
    };

    private static ArchiveBacklogReported Backlog(DateTimeOffset at, long waiting, string? open) => new()
    {
        ReportedAt = at,
        Waiting = waiting,
        Running = 2,
        Dead = 1,
        OldestWaitingSeconds = 12,
        StuckJobs = """[{"id":"0199aa00-0000-7000-8000-000000000000","call_id":"CA1","step":"archive","state":"dead","attempts":9,"error":"gone"}]""",
        OpenBreakers = open,
        Store = "s3",
    };

    private async Task<JsonObject> GetAsync()
    {
        using var answer = await catalog.Client.GetAsync(new Uri("/operations", UriKind.Relative), Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Cancellation));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!.AsObject();
    }

    public sealed class OwnHost : CatalogHost
    {
        protected override Task<Dictionary<string, string>> SettingsAsync() =>
            Task.FromResult(new Dictionary<string, string> { ["BURQI_COMPLETENESS_MINUTES"] = "0.05" });
    }
}
