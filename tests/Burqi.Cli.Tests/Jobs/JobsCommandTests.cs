using System.Text.Json.Nodes;
using Burqi.Cli.Tests.Api;

namespace Burqi.Cli.Tests.Jobs;

public sealed class JobsCommandTests
{
    private const string Id = "0199aa00-0000-7000-8000-000000000000";

    [Theory]
    [InlineData("", "?limit=50")]
    [InlineData("--status dead --limit 7", "?status=dead&limit=7")]
    [InlineData("--step archive --provider twilio --store s3 --call CA1 --older-than 12h", "?step=archive&provider=twilio&store=s3&call_id=CA1&older_than=12h&limit=50")]
    [InlineData("--call a&b", "?call_id=a%26b&limit=50")]
    public async Task List_WithFilters_AsksForThem(string options, string query)
    {
        await using var stub = await StubApi.StartAsync((context, _) => StubApi.WriteAsync(context, 200, Page("completed")));

        (await RunAsync(stub, ["list", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)])).ShouldBe(0);

        stub.Seen.ShouldHaveSingleItem().ShouldBe(("GET", $"/archive-jobs{query}", ""));
    }

    [Theory]
    [InlineData("dead", false, 1)]
    [InlineData("dead", true, 0)]
    [InlineData("waiting", false, 0)]
    [InlineData(null, false, 0)]
    public async Task List_DeadOnesAmongThem_SaysSoByItsCode(string? status, bool isDismissed, int code)
    {
        await using var stub = await StubApi.StartAsync((context, _) => StubApi.WriteAsync(context, 200, Page(status, isDismissed)));

        (await RunAsync(stub, "list")).ShouldBe(code);
    }

    [Theory]
    [InlineData("show", "GET", "")]
    [InlineData("retry", "POST", "/retry")]
    [InlineData("dismiss", "POST", "/dismiss")]
    public async Task Run_WithAJob_DoesItToThatJob(string command, string method, string path)
    {
        await using var stub = await StubApi.StartAsync((context, _) => StubApi.WriteAsync(context, 200, Job("dead").ToJsonString()));

        (await RunAsync(stub, command, Id)).ShouldBe(0);

        stub.Seen.ShouldHaveSingleItem().ShouldBe((method, $"/archive-jobs/{Id}{path}", ""));
    }

    [Theory]
    [InlineData("--all", "")]
    [InlineData("--call CA1", "?call_id=CA1")]
    [InlineData("--all --step split --older-than 1h", "?step=split&older_than=1h")]
    public async Task Retry_Many_NamesThem(string options, string query)
    {
        await using var stub = await StubApi.StartAsync((context, _) => StubApi.WriteAsync(context, 200, """{"retried":3}"""));

        (await RunAsync(stub, ["retry", .. options.Split(' ')])).ShouldBe(0);

        stub.Seen.ShouldHaveSingleItem().ShouldBe(("POST", $"/archive-jobs/retry{query}", ""));
    }

    [Theory]
    [InlineData("retry")]
    [InlineData("retry", Id, "--all")]
    [InlineData("retry", Id, "--step", "archive")]
    [InlineData("show")]
    [InlineData("dismiss")]
    [InlineData("list", "--limit", "many")]
    public async Task Run_UnclearWhatIsMeant_Is2AndAsksNobody(params string[] arguments)
    {
        await using var stub = await StubApi.StartAsync((context, _) => StubApi.WriteAsync(context, 200, "{}"));

        (await RunAsync(stub, arguments)).ShouldBe(2);

        stub.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task Retry_Refused_Is2()
    {
        await using var stub = await StubApi.StartAsync((context, _) =>
            StubApi.WriteAsync(context, 409, """{"detail":"The job is running: only a dead one is retried."}""", "application/problem+json"));

        (await RunAsync(stub, "retry", Id)).ShouldBe(2);
    }

    private static Task<int> RunAsync(StubApi stub, params string[] arguments) =>
        BurqiCommand.RunAsync(["jobs", .. arguments, "--url", stub.Url, "--key", StubApi.Key]);

    private static string Page(string? status, bool isDismissed = false) => new JsonObject
    {
        ["items"] = status is null ? new JsonArray() : new JsonArray(Job(status, isDismissed)),
        ["next_cursor"] = status is null ? null : "0199aa00000070008000000000000000",
    }.ToJsonString();

    private static JsonObject Job(string status, bool isDismissed = false) => new()
    {
        ["id"] = Id,
        ["recording_id"] = Id,
        ["step"] = "archive",
        ["status"] = status,
        ["provider"] = "twilio",
        ["call_id"] = "CA1",
        ["recording_type"] = "user",
        ["recording_source"] = "local",
        ["attempts"] = 3,
        ["last_failure"] = "SourceGone",
        ["last_error"] = "[The media node] says that the recording is gone (410).",
        ["finished_at"] = "2026-11-01T10:00:00Z",
        ["dismissed_at"] = isDismissed ? "2026-11-01T11:00:00Z" : null,
        ["created_at"] = "2026-11-01T09:00:00Z",
        ["updated_at"] = "2026-11-01T10:00:00Z",
    };
}
