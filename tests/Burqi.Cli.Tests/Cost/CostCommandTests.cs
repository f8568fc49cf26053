using Burqi.Cli.Tests.Api;

namespace Burqi.Cli.Tests.Cost;

public sealed class CostCommandTests
{
    private const string Usage =
        """
        {
          "from": "2026-03-01T00:00:00Z", "to": "2026-05-01T00:00:00Z",
          "tariff": { "recording_minute": 0.0025, "storage_minute_month": 0.0005, "free_storage_minutes": 10000, "unit": "USD" },
          "items": [
            { "month": "2026-03", "assistant_id": "front-desk", "local_minutes": 12, "provider_minutes": 13, "bytes_stored": 2097152, "provider_minutes_stored": 10500,
              "provider_minutes_stored_beyond_free": 500, "recording_price": 0.0325, "storage_price": 0.25, "price": 0.2825, "of_later": 1 },
            { "month": "2026-04", "assistant_id": null, "local_minutes": 1, "provider_minutes": 0, "bytes_stored": 512, "provider_minutes_stored": 0,
              "provider_minutes_stored_beyond_free": 0, "recording_price": 0, "storage_price": 0, "price": 0 }
          ],
          "totals": { "local_minutes": 13, "provider_minutes": 13, "bytes_stored": 2097664, "provider_minutes_stored": 10500,
            "provider_minutes_stored_beyond_free": 500, "recording_price": 0.0325, "storage_price": 0.25, "price": 0.2825 }
        }
        """;

    [Fact]
    public async Task Usage_ByAssistantAndMonth_IsAskedForAndShown()
    {
        await using var stub = await StubApi.StartAsync((context, _) => StubApi.WriteAsync(context, 200, Usage));

        (await RunAsync(stub, "--from", "2026-03-01T09:30:00+01:00", "--to", "2026-05-01", "--assistant", "front desk")).ShouldBe(0);

        var (method, target, _) = stub.Seen.ShouldHaveSingleItem();
        (method, target).ShouldBe(("GET", "/usage?from=2026-03-01T09%3A30%3A00%2B01%3A00&to=2026-05-01&assistant_id=front%20desk"));
    }

    [Fact]
    public async Task Question_ThatBurqiRefuses_Is2()
    {
        await using var stub = await StubApi.StartAsync((context, _) =>
            StubApi.WriteAsync(context, 400, """{"errors":{"to":["The end does not come after the beginning."]}}""", "application/problem+json"));

        (await RunAsync(stub, "--from", "2026-03-01", "--to", "2026-02-01")).ShouldBe(2);
    }

    [Theory]
    [InlineData("cost")]
    [InlineData("cost", "--from", "2026-03-01")]
    [InlineData("cost", "--from", "2026-03-01", "--to", "2026-04-01", "--url", "http://127.0.0.1:1", "--key", "key-of-the-tools-tests")]
    public async Task Run_NotUnderstoodOrNobodyThere_Is2(params string[] arguments) => (await BurqiCommand.RunAsync(arguments)).ShouldBe(2);

    private static Task<int> RunAsync(StubApi stub, params string[] arguments) => BurqiCommand.RunAsync(["cost", .. arguments, "--url", stub.Url, "--key", StubApi.Key]);
}
