using Burqi.Cli.Tests.Api;

namespace Burqi.Cli.Tests.Audit;

public sealed class AuditCommandTests
{
    private const string Hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("""{"verified": 3, "number": 5, "hash": "HASH", "more": false, "head_at": null, "keyed_since": null, "unsealed": 1, "problem": null}""", null, 0)]
    [InlineData("""{"verified": 3, "number": 5, "hash": "HASH", "more": false, "head_at": 5, "keyed_since": 4, "unsealed": 0, "problem": null}""", Hash, 0)]
    [InlineData("""{"verified": 3, "number": 5, "hash": "HASH", "more": false, "head_at": null, "keyed_since": null, "unsealed": 0, "problem": null}""", Hash, 1)]
    [InlineData("""{"verified": 3, "number": 5, "hash": "HASH", "more": false, "head_at": 5, "keyed_since": null, "key_id": null, "has_key": true, "unsealed": 0, "problem": null}""", Hash, 1)]
    [InlineData(
        """{"verified": 1, "number": 3, "hash": "HASH", "more": false, "head_at": null, "keyed_since": null, "unsealed": 0, "problem": {"kind": "changed", "number": 4, "event_id": 9, "detail": "Event 9 was changed."}}""",
        null,
        1)]
    public async Task Verify_InStretches_GoesOnToTheEndAndWhatIsWrongIsAFinding(string last, string? head, int exit)
    {
        const string First = """{"verified": 2, "number": 2, "hash": "HASH", "more": true, "head_at": null, "keyed_since": null, "unsealed": 0, "problem": null}""";
        await using var stub = await StubApi.StartAsync((context, number) => StubApi.WriteAsync(context, 200, (number == 0 ? First : last).Replace("HASH", Hash, StringComparison.Ordinal)));

        (await RunAsync(stub, head is null ? [] : ["--head", head])).ShouldBe(exit);

        var asked = head is null ? "" : $"&head={head}";
        stub.Seen.Select(seen => seen.Target).ShouldBe([$"/audit/verification?after=0{asked}", $"/audit/verification?after=2{asked}"]);
    }

    [Fact]
    public async Task Verify_ABurqiThatDoesNotGetOn_IsLeft()
    {
        await using var stub = await StubApi.StartAsync((context, _) => StubApi.WriteAsync(
            context, 200, """{"verified": 0, "number": 0, "hash": "", "more": true, "head_at": null, "keyed_since": null, "unsealed": 0, "problem": null}"""));

        (await RunAsync(stub)).ShouldBe(2);
    }

    [Theory]
    [InlineData("--head", "abc")]
    [InlineData("--head", "g123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public async Task Verify_NotUnderstood_Is2(params string[] arguments)
    {
        await using var stub = await StubApi.StartAsync((context, _) => StubApi.WriteAsync(context, 200, "{}"));

        (await RunAsync(stub, arguments)).ShouldBe(2);
        stub.Seen.ShouldBeEmpty();
    }

    private static Task<int> RunAsync(StubApi stub, params string[] arguments) => BurqiCommand.RunAsync(["audit", "verify", .. arguments, "--url", stub.Url, "--key", StubApi.Key]);
}
