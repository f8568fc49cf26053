using Burqi.Cli.Tests.Api;

namespace Burqi.Cli.Tests.Retention;

public sealed class RetentionCommandTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(2, 1)]
    public async Task Plan_OfABurqi_IsShownAndWhatFailedIsAFinding(int failed, int exit)
    {
        var plan =
            $$"""
            {
              "mode": "dry-run", "default": { "cool_after_days": null, "archive_after_days": null, "delete_after_days": 30 },
              "due": [ { "action": "delete", "assistant_id": null, "recording_type": "mixed", "reason": "Kept for 30 days.", "recordings": 3, "bytes": 2097152,
                "held": 1, "due_since": "2026-03-31T09:30:00Z", "of_later": 1 } ],
              "items": [ { "recording_id": "6f1c0e0a-9a53-5c3f-8d57-5f2b7a6a1f0e", "call_id": "CA1", "action": "delete", "reason": "Kept for 30 days.", "bytes": null,
                "legal_hold": true, "due_since": "2026-03-31T09:30:00Z" } ],
              "deletions_requested": 1, "deletions_failed": {{failed}}
            }
            """;
        await using var stub = await StubApi.StartAsync((context, _) => StubApi.WriteAsync(context, 200, plan));

        (await RunAsync(stub, "--dry-run", "--items", "7")).ShouldBe(exit);

        var (method, target, _) = stub.Seen.ShouldHaveSingleItem();
        (method, target).ShouldBe(("GET", "/retention?limit=7"));
    }

    [Theory]
    [InlineData("--items", "1001")]
    [InlineData("--items", "-1")]
    [InlineData("--delete")]
    public async Task Run_NotUnderstood_Is2(params string[] arguments)
    {
        await using var stub = await StubApi.StartAsync((context, _) => StubApi.WriteAsync(context, 200, "{}"));

        (await RunAsync(stub, arguments)).ShouldBe(2);
        stub.Seen.ShouldBeEmpty();
    }

    private static Task<int> RunAsync(StubApi stub, params string[] arguments) => BurqiCommand.RunAsync(["retention", .. arguments, "--url", stub.Url, "--key", StubApi.Key]);
}
