using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Burqi.Simulator.Tests.Commands;

/// <summary>The program as its users start it.</summary>
public sealed class SimulatorCommandTests : SimulatorTest
{
    private readonly string folder = Directory.CreateTempSubdirectory("burqi-simulator-").FullName;

    public override async ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Call_ThatGoesWell_SaysSoSavesItAndServesTheRecordingsUntilFetched()
    {
        Customer.Twiml = """
            <Response><Start><Stream url="{stream}" track="both_tracks"/></Start>
            <Start><Recording trim="do-not-trim" recordingStatusCallback="{base}/recording-status"/></Start><Dial>+14255550123</Dial></Response>
            """;
        var json = Path.Combine(folder, "summary.json");

        var running = RunAsync(
            "call", "--voice-url", Customer.VoiceUrl, "--account-sid", "AC1", "--auth-token", "secret", "--speed", "max", "--calls", "3", "--concurrency", "2",
            "--serve-until-fetched", "60", "--json", json, "--save-audio", folder);
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("AC1:secret")));
        var fetched = new HashSet<string>(StringComparer.Ordinal);
        while (fetched.Count < 3 && !running.IsCompleted)
        {
            foreach (var told in Customer.RequestsTo("/recording-status").Where(r => fetched.Add(r["RecordingUrl"]!)))
            {
                await http.GetByteArrayAsync(told["RecordingUrl"] + ".wav", Cancellation);
            }

            await Task.Delay(20, Cancellation);
        }

        var (exitCode, output, error) = await running;
        exitCode.ShouldBe(0, output + error);
        output.ShouldContain("3 calls, ");
        output.ShouldContain(", 0 errors");
        var calls = JsonDocument.Parse(await File.ReadAllTextAsync(json, Cancellation)).RootElement.GetProperty("calls");
        calls.GetArrayLength().ShouldBe(3);
        foreach (var call in calls.EnumerateArray())
        {
            var sid = call.GetProperty("call_sid").GetString()!;
            output.ShouldContain(sid);
            call.GetProperty("recordings")[0].GetProperty("whole_downloads").GetInt32().ShouldBe(1);
            call.GetProperty("streams")[0].GetProperty("ending").GetString().ShouldBe("Stopped");
            // 200 ms of ringing and then the voices.
            foreach (var (track, voice) in new[] { ("inbound", "caller"), ("outbound", "callee") })
            {
                (await File.ReadAllBytesAsync(Path.Combine(folder, sid, track + ".ulaw"), Cancellation))[1600..]
                    .ShouldBe(Burqi.Simulator.Audio.AudioSource.Speech(voice).Samples.ToArray());
            }
        }
    }

    [Fact]
    public async Task Call_WithMalformedTwiml_SaysWhyAndFails()
    {
        Customer.Twiml = "<Response><Dail/></Response>";

        var (exitCode, output, _) = await RunAsync("call", "--voice-url", Customer.VoiceUrl, "--speed", "max", "--caller", "tone", "--callee", "pattern");

        exitCode.ShouldBe(1);
        output.ShouldContain("<Response> takes no <Dail>");
    }

    [Fact]
    public async Task Call_WhoseRecordingNobodyFetches_FailsInItsOwnWay()
    {
        Customer.Twiml = "<Response><Start><Recording/></Start><Say>hello</Say></Response>";

        var (exitCode, _, error) = await RunAsync("call", "--voice-url", Customer.VoiceUrl, "--speed", "max", "--serve-until-fetched", "0.3");

        exitCode.ShouldBe(2);
        error.ShouldContain("Not every recording was fetched");
    }

    [Theory]
    [InlineData("--voice-url", "call")]
    [InlineData("--speed", "call", "--voice-url", "http://127.0.0.1/", "--speed", "fast")]
    [InlineData("--speed", "call", "--voice-url", "http://127.0.0.1/", "--speed", "0")]
    [InlineData("--calls", "call", "--voice-url", "http://127.0.0.1/", "--calls", "0")]
    [InlineData("--lost", "call", "--voice-url", "http://127.0.0.1/", "--lost", "2")]
    [InlineData("--caller", "call", "--voice-url", "http://127.0.0.1/", "--caller", "no-such-file")]
    [InlineData("--route", "call", "--voice-url", "http://127.0.0.1/", "--route", "https://a.example")]
    [InlineData("--api-key", "serve", "--api-key", "SK1")]
    public async Task AnyCommand_WithAWrongOption_NamesIt(string named, params string[] arguments)
    {
        var (exitCode, _, error) = await RunAsync(arguments);

        exitCode.ShouldBe(1);
        error.ShouldContain(named);
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Burqi.Simulator.dll"), .. arguments])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync(Cancellation);
        var error = process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, await output, await error);
    }
}
