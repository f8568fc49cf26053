using System.Net;
using Burqi.Hosting.Processes;

namespace Burqi.Hosting.Tests.Bus;

/// <summary>Real processes whose bus is stuck, and one whose configuration is wrong.</summary>
public sealed class StuckProcessTests
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("false")]
    [InlineData("true")]
    public async Task Publish_NeverReturns_ProcessEndsItselfEvenIfStoppingHangs(string hangOnStop)
    {
        await using var process = await BusProcess.StartAsync(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BURQI_BUS_PUBLISH_SECONDS"] = "0.5",
            ["BURQI_BUS_PROBE_SECONDS"] = "0.2",
            ["BURQI_BUS_PATIENCE_SECONDS"] = "2",
            ["BURQI_SHUTDOWN_SECONDS"] = "2",
            ["BUSPROCESS_HANG_ON_STOP"] = hangOnStop,
        });

        (await process.HangAsync()).ShouldBe(HttpStatusCode.GatewayTimeout);
        (await process.HealthAsync("live")).Status.ShouldBe(HttpStatusCode.OK);

        (await process.Child.Exited.WaitAsync(EndLimit)).ShouldBe(ExitCodes.BusStuck);
        process.Child.Output.ShouldContain("The bus is stuck: 1 publish(es) of NumberPublished have not returned for");
    }

    [Fact]
    public async Task Start_ConfigurationIsWrong_PrintsEveryErrorAndExits78()
    {
        var start = BusProcess.Start(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BURQI_BUS"] = "rabbitmq",
            ["BURQI_RABBITMQ_URL"] = " ",
            ["BURQI_URLS"] = "localhost",
            ["BURQI_DATABASE_URL"] = "postgres://burqi:top-secret@host/db?ssl=1",
            ["BURQI_SHUTDOWN_SECONDS"] = "soon",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector",
            ["BUSPROCESS_HANG_ON_STOP"] = "maybe",
        });

        await using var child = await ChildProcess.StartAsync(start);

        (await child.Exited.WaitAsync(EndLimit)).ShouldBe(ExitCodes.BadConfiguration);
        var lines = child.Output.Split('\n');
        lines.Select(line => line.Split(' ')[0]).ShouldBe(
        [
            "BURQI_DATABASE_URL", "BURQI_URLS", "BURQI_SHUTDOWN_SECONDS", "BURQI_RABBITMQ_URL", "OTEL_EXPORTER_OTLP_ENDPOINT",
            "BUSPROCESS_HANG_ON_STOP", "BUSPROCESS_HANG_ON_STOP",
        ]);
        child.Output.ShouldNotContain("top-secret");
    }
}
