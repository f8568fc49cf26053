using System.Text.Json.Nodes;
using Burqi.Cli.Tests.Api;

namespace Burqi.Cli.Tests.Keys;

public sealed class KeysCommandTests
{
    private const string Key =
        """
        {
          "id": "0190d5a0000070008000000000000002", "name": "night shift", "scopes": ["recordings:read"], "assistants": ["front-desk"], "requests_per_minute": 120,
          "created_at": "2026-03-01T09:30:00Z", "rotated_at": null, "previous_until": null, "expires_at": "2999-01-01T00:00:00Z", "revoked_at": null,
          "last_used_at": "2026-03-01T09:31:00Z", "key": "bq_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "of_later": 1
        }
        """;

    [Fact]
    public async Task Create_AsksForWhatWasGiven()
    {
        await using var stub = await StubApi.StartAsync((context, _) => StubApi.WriteAsync(context, 201, Key));

        (await RunAsync(
            stub, "create", "--name", "night shift", "--scope", "recordings:read", "recordings:play", "--assistant", "front-desk", "--assistant", "sales",
            "--requests-per-minute", "120", "--expires", "2999-01-01T01:00:00+01:00")).ShouldBe(0);

        var (method, target, body) = stub.Seen.ShouldHaveSingleItem();
        (method, target).ShouldBe(("POST", "/keys"));
        JsonNode.DeepEquals(
            JsonNode.Parse(body),
            JsonNode.Parse(
                """
                {"name": "night shift", "scopes": ["recordings:read", "recordings:play"], "assistants": ["front-desk", "sales"], "requests_per_minute": 120,
                 "expires_at": "2999-01-01T00:00:00+00:00"}
                """)).ShouldBeTrue(body);
    }

    [Fact]
    public async Task List_OfSeveralPages_ReadsThemAll()
    {
        await using var stub = await StubApi.StartAsync((context, number) => StubApi.WriteAsync(
            context, 200, $$"""{"items": [{{Key}}], "next_cursor": {{(number == 0 ? "\"next\"" : "null")}}}"""));

        (await RunAsync(stub, "list")).ShouldBe(0);

        stub.Seen.Select(seen => seen.Target).ShouldBe(["/keys?limit=200", "/keys?limit=200&cursor=next"]);
    }

    [Fact]
    public async Task Rotate_AsksForTheGrace()
    {
        await using var stub = await StubApi.StartAsync((context, _) => StubApi.WriteAsync(context, 200, Key));

        (await RunAsync(stub, "rotate", "0190d5a0000070008000000000000002", "--grace-seconds", "600")).ShouldBe(0);

        var (method, target, body) = stub.Seen.ShouldHaveSingleItem();
        (method, target, body).ShouldBe(("POST", "/keys/0190d5a0000070008000000000000002/rotate", "{\"grace_seconds\":600}"));
    }

    [Theory]
    [InlineData(204, 0)]
    [InlineData(404, 2)]
    public async Task Revoke_AsksForIt(int status, int exit)
    {
        await using var stub = await StubApi.StartAsync((context, _) =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });

        (await RunAsync(stub, "revoke", "a/b")).ShouldBe(exit);

        var (method, target, _) = stub.Seen.ShouldHaveSingleItem();
        (method, target).ShouldBe(("DELETE", "/keys/a%2Fb"));
    }

    [Theory]
    [InlineData("create", "--name", "a")]
    [InlineData("create", "--scope", "admin")]
    [InlineData("create", "--name", "a", "--scope", "admin", "--requests-per-minute", "many")]
    [InlineData("rotate")]
    [InlineData("revoke")]
    public async Task Run_NotUnderstood_Is2(params string[] arguments)
    {
        await using var stub = await StubApi.StartAsync((context, _) => StubApi.WriteAsync(context, 200, "{}"));

        (await RunAsync(stub, arguments)).ShouldBe(2);
        stub.Seen.ShouldBeEmpty();
    }

    private static Task<int> RunAsync(StubApi stub, params string[] arguments) => BurqiCommand.RunAsync(["keys", .. arguments, "--url", stub.Url, "--key", StubApi.Key]);
}
