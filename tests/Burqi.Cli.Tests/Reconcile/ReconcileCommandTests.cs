using System.Text.Json.Nodes;
using Burqi.Cli.Api;
using Burqi.Cli.Reconcile;
using Burqi.Cli.Tests.Api;

namespace Burqi.Cli.Tests.Reconcile;

[Collection("terminal")] // a process has one, and one command at a time may draw on it
public sealed class ReconcileCommandTests
{
    [Theory]
    [InlineData("completed", 0, 0)]
    [InlineData("completed", 2, 1)]
    [InlineData("failed", 0, 2)]
    [InlineData("failed", 2, 2)]
    public async Task Run_ToItsEnd_TellsByItsCodeWhatCameOfIt(string status, int missing, int code)
    {
        await using var stub = await StubApi.StartAsync((context, number) => number switch
        {
            0 => StubApi.WriteAsync(context, 202, Answer("running", 0, shown: false)),
            < 3 => StubApi.WriteAsync(context, 200, Answer("running", 0)),
            _ => StubApi.WriteAsync(context, 200, Answer(status, missing)),
        });

        (await RunAsync(stub, "--provider", "twilio", "--from", "2026-11-01", "--to", "2026-11-02")).ShouldBe(code);

        var asked = stub.Seen.First();
        (asked.Method, asked.Target).ShouldBe(("POST", "/reconciliations"));
        JsonNode.DeepEquals(JsonNode.Parse(asked.Body), JsonNode.Parse("""{"provider":"twilio","from":"2026-11-01","to":"2026-11-02"}""")).ShouldBeTrue(asked.Body);
        stub.Seen.Skip(1).ShouldAllBe(request => request.Method == "GET" && request.Target == "/reconciliations/0199aa00-0000-7000-8000-000000000000");
        stub.Seen.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Run_WithoutAnEnd_LeavesItToBurqisClock()
    {
        await using var stub = await StubApi.StartAsync((context, _) => StubApi.WriteAsync(context, 202, Answer("completed", 0)));

        (await RunAsync(stub, "--from", "2026-11-01")).ShouldBe(0);

        stub.Seen.Single().Body.ShouldBe("""{"provider":"twilio","from":"2026-11-01"}""");
    }

    [Fact]
    public async Task Run_BurqiIsAwayForAWhile_IsWaitedFor()
    {
        await using var stub = await StubApi.StartAsync((context, number) =>
        {
            switch (number)
            {
                case 1:
                    return StubApi.WriteAsync(context, 502, "<html>", "text/html");
                case 2:
                    context.Abort();
                    return Task.CompletedTask;
                default:
                    return StubApi.WriteAsync(context, number == 0 ? 202 : 200, Answer(number == 0 ? "running" : "completed", 0));
            }
        });

        (await RunAsync(stub, "--from", "2026-11-01")).ShouldBe(0);

        stub.Seen.Count.ShouldBe(4);
    }

    [Theory]
    [InlineData(503, 0)]
    [InlineData(404, 3600)]
    public async Task Wait_BurqiIsAwayForTooLongOrSaysSomethingElse_GivesUp(int status, int patience)
    {
        await using var stub = await StubApi.StartAsync((context, _) => StubApi.WriteAsync(context, status, "", "text/plain"));
        using var api = new BurqiApi(new Uri(stub.Url), StubApi.Key);
        var asked = System.Text.Json.JsonSerializer.Deserialize(Answer("running", 0), ReconciliationJsonContext.Default.ReconciliationAnswer)!;

        var exception = await Should.ThrowAsync<ApiException>(
            ReconcileCommand.WaitAsync(api, asked, TimeSpan.FromSeconds(patience), TestContext.Current.CancellationToken));

        exception.Status.ShouldBe(status);
        stub.Seen.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Run_Refused_Is2()
    {
        await using var stub = await StubApi.StartAsync((context, _) =>
            StubApi.WriteAsync(context, 400, """{"errors":{"from":["The time lies in the future."]}}""", "application/problem+json"));

        (await RunAsync(stub, "--from", "2999-01-01")).ShouldBe(2);
    }

    [Theory]
    [InlineData("reconcile")]
    [InlineData("reconcile", "--from", "2026-11-01", "--url", "ftp://example.com", "--key", "key-of-the-tools-tests")]
    [InlineData("reconcile", "--from", "2026-11-01", "--url", "http://127.0.0.1:1", "--key", "key-of-the-tools-tests")]
    [InlineData("reconcile", "--from", "2026-11-01", "--url", "http://127.0.0.1:1", "--key", "a key")]
    public async Task Run_NotUnderstoodOrNobodyThere_Is2(params string[] arguments) => (await BurqiCommand.RunAsync(arguments)).ShouldBe(2);

    private static Task<int> RunAsync(StubApi stub, params string[] arguments) =>
        BurqiCommand.RunAsync(["reconcile", .. arguments, "--url", stub.Url, "--key", StubApi.Key]);

    private static string Answer(string status, int missing, bool shown = true)
    {
        var answer = new JsonObject
        {
            ["id"] = "0199aa00-0000-7000-8000-000000000000",
            ["provider"] = "twilio",
            ["from"] = "2026-11-01T00:00:00Z",
            ["to"] = "2026-11-03T00:00:00Z",
            ["requested_by"] = "request",
            ["status"] = status,
            ["created_at"] = "2026-11-04T00:00:00Z",
            ["started_at"] = status == "running" ? null : "2026-11-04T00:00:00Z",
            ["finished_at"] = null,
            ["error"] = status == "failed" ? "Twilio answered 503." : null,
            ["counts"] = new JsonObject { ["listed"] = 10, ["known"] = 10 - missing, ["missing"] = missing, ["in_progress"] = 0, ["recent"] = 0, ["unreadable"] = 1 },
            ["accounts"] = new JsonArray(new JsonObject
            {
                ["account_id"] = "AC00000000000000000000000000000001",
                ["credentials"] = "default",
                ["status"] = status,
                ["pages"] = 1,
                ["listed"] = 10,
                ["missing"] = missing,
                ["error"] = status == "failed" ? "Twilio answered 503." : null,
            }),
        };
        if (shown)
        {
            answer["missing"] = new JsonArray([.. Enumerable.Range(0, missing).Select(number => (JsonNode)new JsonObject
            {
                ["recording_id"] = Guid.CreateVersion7().ToString(),
                ["call_id"] = "CA1",
                ["recording_sid"] = $"RE{number}",
                ["account_id"] = "AC1",
                ["status"] = number == 0 ? "completed" : "absent",
                ["started_at"] = number == 0 ? "2026-11-01T10:00:00Z" : null,
                ["duration_ms"] = number == 0 ? 12_000 : null,
                ["why"] = "[It] would have been lost.",
            })]);
            answer["missing_not_shown"] = missing > 0 ? 5 : 0;
        }

        return answer.ToJsonString();
    }
}
