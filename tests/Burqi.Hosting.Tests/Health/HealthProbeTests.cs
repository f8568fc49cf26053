using Burqi.Hosting.Health;
using Burqi.Hosting.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Burqi.Hosting.Tests.Health;

public sealed class HealthProbeTests
{
    [Theory]
    [InlineData("0.0.0.0", 200, ExitCodes.Stopped)]
    [InlineData("127.0.0.1", 200, ExitCodes.Stopped)]
    [InlineData("*", 503, ExitCodes.Failed)]
    [InlineData("127.0.0.1", 404, ExitCodes.Failed)]
    public async Task AskAsync_ProcessAnswers_ReturnsWhatItSaysAndPrintsIt(string host, int status, int expected)
    {
        await using var process = WebApplication.CreateSlimBuilder().Build();
        process.Urls.Add("http://127.0.0.1:0");
        process.MapGet("/health/ready", () => Results.Text("the checks", statusCode: status));
        await process.StartAsync(TestContext.Current.CancellationToken);
        var port = new Uri(process.Urls.Single()).Port;
        var output = new StringWriter();

        var answer = await HealthProbe.AskAsync(["--health", $"--BURQI_URLS=http://{host}:{port}"], output);

        answer.ShouldBe(expected);
        output.ToString().ShouldContain("the checks");
    }

    [Fact]
    public async Task AskAsync_NobodyListens_Fails()
    {
        var output = new StringWriter();

        var answer = await HealthProbe.AskAsync(["--health", $"--BURQI_URLS=http://127.0.0.1:{FreePort.Next()}"], output);

        answer.ShouldBe(ExitCodes.Failed);
        output.ToString().ShouldStartWith("No answer from http://127.0.0.1:");
    }

    [Fact]
    public async Task AskAsync_AddressUnreadable_FailsAndNamesTheSetting()
    {
        var output = new StringWriter();

        var answer = await HealthProbe.AskAsync(["--health", "--BURQI_URLS=nowhere"], output);

        answer.ShouldBe(ExitCodes.Failed);
        output.ToString().ShouldContain("BURQI_URLS");
    }

    [Fact]
    public async Task RunAsync_HealthAsked_BuildsNothing()
    {
        var answer = await ServiceHost.RunAsync(
            "test",
            ["--health", $"--BURQI_URLS=http://127.0.0.1:{FreePort.Next()}"],
            _ => throw new InvalidOperationException("services were registered"),
            _ => throw new InvalidOperationException("consumers were registered"),
            _ => throw new InvalidOperationException("routes were mapped"));

        answer.ShouldBe(ExitCodes.Failed);
    }
}
