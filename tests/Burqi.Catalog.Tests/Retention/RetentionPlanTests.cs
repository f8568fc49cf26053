using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Burqi.Catalog.Retention.Sweep;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Tests.Retention;

/// <summary>The default mode: it is said what would be done, and nothing is done.</summary>
public sealed class RetentionPlanTests(RetentionPlanTests.DryHost catalog) : IClassFixture<RetentionPlanTests.DryHost>
{
    [Fact]
    public async Task Sweep_DryRun_SaysWhatIsDueAndAsksForNothing()
    {
        using var requested = new MetricCounter("burqi.catalog.retention.requested", catalog.Services);
        var own = new Told { AssistantId = "assistant-own" };
        var other = new Told { AssistantId = "assistant-other" };
        var ofNobody = new Told { AssistantId = null };
        using (var answer = await catalog.Client.PutAsJsonAsync(
            new Uri("/assistants/assistant-own", UriKind.Relative), new { retention = new { mixed = new { archive_after_days = 3, delete_after_days = 36_500 } } }))
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.Created);
            (await answer.Content.ReadFromJsonAsync<JsonObject>())!["retention"]!["mixed"].ShouldHave(("cool_after_days", null), ("archive_after_days", 3), ("delete_after_days", 36_500));
        }

        await catalog.TellAsync(own.Archived(), other.Archived(), ofNobody.Archived(fileSize: 1000), ofNobody.Started());
        await catalog.Services.GetRequiredService<RetentionSweep>().ExecuteAsync(TestContext.Current.CancellationToken);

        var plan = await PlanAsync("");
        plan.ShouldHave(("mode", "dry-run"), ("deletions_requested", 0), ("deletions_failed", 0));
        plan["default"].ShouldHave(("cool_after_days", null), ("archive_after_days", null), ("delete_after_days", 30));
        var due = plan["due"]!.AsArray();
        due.Count.ShouldBe(3);
        due[0].ShouldHave(
            ("action", "delete"), ("assistant_id", null), ("recording_type", "mixed"), ("recordings", 1), ("bytes", 1000), ("held", 0),
            ("reason", "Kept for 30 days: BURQI_RETENTION_DEFAULT for mixed recordings."));
        due[1].ShouldHave(("action", "delete"), ("assistant_id", "assistant-other"), ("recordings", 1), ("bytes", 960_684));
        due[2].ShouldHave(
            ("action", "archive"), ("assistant_id", "assistant-own"), ("recordings", 1),
            ("reason", "Moved to archive after 3 days: the policy of assistant assistant-own for mixed recordings."));
        var items = plan["items"]!.AsArray();
        items.Select(item => item!["recording_id"]!.GetValue<Guid>()).ShouldBe([own.Id, other.Id, ofNobody.Id], ignoreOrder: true);
        items[0].ShouldHave(("recording_id", own.Id.ToString()), ("call_id", own.CallId), ("action", "archive"), ("legal_hold", false), ("bytes", 960_684));
        (await PlanAsync("?limit=1"))["items"]!.AsArray().ShouldHaveSingleItem();

        requested.Total.ShouldBe(0);
        foreach (var told in (Told[])[own, other, ofNobody])
        {
            (await catalog.RowAsync("recording_deletions", "recording_id", told.Id)).ShouldBeNull();
            (await catalog.RowAsync("recording_retention", "recording_id", told.Id)).ShouldHave(("tier_asked", "hot"), ("deletion_id", null));
        }
    }

    [Theory]
    [InlineData("?limit=-1")]
    [InlineData("?limit=1001")]
    [InlineData("?limit=")]
    [InlineData("?since=1")]
    public async Task Get_ParameterThatIsNone_IsRefused(string query)
    {
        using var answer = await catalog.Client.GetAsync(new Uri($"/retention{query}", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Turn_OfSeveralReplicas_IsOnesAndOnceInAnInterval()
    {
        var turn = catalog.Services.GetRequiredService<SweepTurn>();
        var cancellationToken = TestContext.Current.CancellationToken;
        var sweeps = 0;

        // The host has had its first turn and is through with it, and takes the next after an hour.
        await Eventually.BecomesTrueAsync(async () =>
        {
            await using var command = catalog.Database.CreateCommand(
                """
                select started_at <> '-infinity' and not exists (
                    select from pg_locks
                    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
                        and (classid::bigint << 32) | objid::bigint = hashtextextended('burqi.catalog.retention', 0))
                from catalog.retention_sweeps
                """);
            return (bool)(await command.ExecuteScalarAsync())!;
        });
        await using (var command = catalog.Database.CreateCommand("update catalog.retention_sweeps set started_at = now() - interval '45 minutes'"))
        {
            await command.ExecuteNonQueryAsync();
        }

        var turns = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => turn.TryAsync(
            TimeSpan.FromMinutes(30),
            () =>
            {
                Interlocked.Increment(ref sweeps);
                return Task.CompletedTask;
            },
            cancellationToken)));
        turns.Count(taken => taken).ShouldBe(1);
        sweeps.ShouldBe(1);
        (await turn.TryAsync(TimeSpan.FromMinutes(30), () => throw new InvalidOperationException("not its turn"), cancellationToken)).ShouldBeFalse();
    }

    private async Task<JsonObject> PlanAsync(string query) => (await catalog.Client.GetFromJsonAsync<JsonObject>(new Uri($"/retention{query}", UriKind.Relative)))!;

    public sealed class DryHost : CatalogHost
    {
        protected override Task<Dictionary<string, string>> SettingsAsync() =>
            Task.FromResult(new Dictionary<string, string> { ["BURQI_RETENTION_DEFAULT"] = "delete=30" });
    }
}
