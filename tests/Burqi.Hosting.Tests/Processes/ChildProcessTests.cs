using Burqi.Hosting.Processes;

namespace Burqi.Hosting.Tests.Processes;

public class ChildProcessTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task RunAsync_CommandSucceeds_ReturnsWhatItPrinted()
    {
        var output = await ChildProcess.RunAsync(Shell("echo one; echo two >&2"), Limit, CancellationToken.None);

        output.Split('\n').ShouldBe(["one", "two"], ignoreOrder: true);
    }

    [Fact]
    public async Task RunAsync_CommandFails_SaysHowWithItsOutput()
    {
        var failure = await Should.ThrowAsync<ChildProcessException>(
            () => ChildProcess.RunAsync(Shell("echo no such thing >&2; exit 3"), Limit, CancellationToken.None));

        failure.Message.ShouldBe("sh ended with code 3:\nno such thing");
    }

    [Fact]
    public async Task RunAsync_CommandNeverEnds_IsKilledAtTheLimit()
    {
        var failure = await Should.ThrowAsync<ChildProcessException>(
            () => ChildProcess.RunAsync(Shell("echo $$; sleep 600"), TimeSpan.FromSeconds(1), CancellationToken.None));

        failure.Message.ShouldStartWith("sh was not done within 1 s:");
        Directory.Exists($"/proc/{failure.Message.Split('\n')[1]}").ShouldBeFalse();
    }

    [Fact]
    public async Task StartAsync_ThreadThatAskedEnds_ChildLivesOn()
    {
        ChildProcess? child = null;
        var thread = new Thread(() => child = ChildProcess.StartAsync(Shell("sleep 0.3; echo alive; sleep 600")).GetAwaiter().GetResult());
        thread.Start();
        thread.Join();

        await child!.WaitUntilReadyAsync((output, _) => ValueTask.FromResult(output.Contains("alive", StringComparison.Ordinal)), Limit, CancellationToken.None);
        await child.DisposeAsync();
    }

    [Fact]
    public async Task StartAsync_EnvironmentNotInherited_ChildSeesPathAndItsOwnOnly()
    {
        Environment.SetEnvironmentVariable("BURQI_TEST_SECRET", "secret");
        var start = new ChildProcessStart("env")
        {
            InheritEnvironment = false,
            Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["OWN"] = "1" },
        };

        var output = await ChildProcess.RunAsync(start, Limit, CancellationToken.None);

        output.Split('\n').Select(line => line.Split('=')[0]).ShouldBe(["PATH", "OWN"], ignoreOrder: true);
    }

    [Fact]
    public async Task WaitUntilReadyAsync_ProcessEndsFirst_FailsWithItsOutput()
    {
        await using var child = await ChildProcess.StartAsync(Shell("echo cannot; exit 1"));

        var failure = await Should.ThrowAsync<ChildProcessException>(
            () => child.WaitUntilReadyAsync((_, _) => ValueTask.FromResult(false), Limit, CancellationToken.None));

        failure.Message.ShouldBe("sh ended with code 1 before it was ready:\ncannot");
    }

    [Fact]
    public async Task StopAsync_ProcessIgnoresTheSignal_IsKilledAfterTheLimit()
    {
        await using var child = await ChildProcess.StartAsync(Shell("trap '' TERM; echo ready; while :; do sleep 1; done"));
        await child.WaitUntilReadyAsync((output, _) => ValueTask.FromResult(output == "ready"), Limit, CancellationToken.None);

        var code = await child.StopAsync(ChildSignal.Terminate, TimeSpan.FromMilliseconds(200));

        code.ShouldBe(128 + (int)ChildSignal.Kill);
    }

    private static ChildProcessStart Shell(string script) => new("sh", "-c", script);
}
