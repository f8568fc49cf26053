using System.Runtime.InteropServices;
using System.Text.Json;
using Burqi.Hosting.Processes;
using Burqi.Testing;

namespace Burqi.Cli.Tests.Doctor;

/// <summary>The command as an operator runs it: a process of its own, with an environment of its own.</summary>
public sealed class DoctorCommandTests(BurqiServices burqi) : DoctorTest(burqi), IClassFixture<BurqiServices>
{
    [Fact]
    public async Task Twilio_WhereAllIsWell_EndsWith0AndPrintsAddressesAndWhatIsSigned()
    {
        var (exitCode, output) = await RunAsync("doctor", "twilio", "--connect-to", ConnectTo);

        exitCode.ShouldBe(0, output);
        output.ShouldContain("POST https://burqi.test/recording/status");
        output.ShouldContain("WS   wss://burqi.test/streams");
        output.ShouldContain("https://burqi.test/twilio/voice?to=%2B15550123AccountSidAC00000000000000000000000000000001CallSid");
        output.ShouldContain("All is well.");
        output.ShouldNotContain(BurqiServices.AuthToken);
    }

    [Fact]
    public async Task Twilio_WithWarnings_EndsWith1()
    {
        await StartTwilioAsync(options => options with { PhoneNumbers = [] });

        var (exitCode, output) = await RunAsync("doctor", "twilio", "--connect-to", ConnectTo);

        exitCode.ShouldBe(1, output);
        output.ShouldContain("0 errors, 1 warning.");
    }

    [Fact]
    public async Task Twilio_WithErrors_EndsWith2AndJsonNamesThem()
    {
        Variables["TWILIO_AUTH_TOKEN"] = "ffffffffffffffffffffffffffffffff";

        var (exitCode, output) = await RunAsync("doctor", "twilio", "--json", "--connect-to", ConnectTo);

        exitCode.ShouldBe(2, output);
        using var report = JsonDocument.Parse(output);
        report.RootElement.GetProperty("worst").GetString().ShouldBe("Error");
        report.RootElement.GetProperty("addresses").GetArrayLength().ShouldBe(8);
        report.RootElement.GetProperty("sample").GetProperty("string_to_sign").GetString().ShouldNotBeNull().ShouldStartWith("https://burqi.test/twilio/voice");
        var errors = report.RootElement.GetProperty("findings").EnumerateArray().Where(finding => finding.GetProperty("severity").GetString() == "Error").ToList();
        errors.Select(error => error.GetProperty("check").GetString()).Distinct(StringComparer.Ordinal).ShouldBe(["account", "webhooks", "media socket"], ignoreOrder: true);
        errors.ShouldAllBe(error => error.GetProperty("remedy").GetString()!.Length > 0);
        output.ShouldNotContain("ffffffffffffffffffffffffffffffff");
    }

    [Fact]
    public async Task EnvFile_IsReadAsComposeReadsIt_BeneathTheEnvironment()
    {
        var file = Path.Combine(TestFolder.Create("env"), ".env");
        await File.WriteAllLinesAsync(
            file,
            ["# what compose is given", $"CALLBACK_URI_HOST=\"{PublicUrl}\"", $"TWILIO_AUTH_TOKEN='{BurqiServices.AuthToken}' # primary", "TWILIO_ACCOUNT_SID=AC9", "", "EMPTY="],
            Cancellation);
        Variables.Remove("CALLBACK_URI_HOST");
        Variables.Remove("TWILIO_AUTH_TOKEN");

        var (exitCode, output) = await RunAsync("doctor", "twilio", "--env-file", file, "--connect-to", ConnectTo);

        exitCode.ShouldBe(0, output);
    }

    [Theory]
    [InlineData("--env-file", "/nowhere/.env")]
    [InlineData("--env-file", "")]
    [InlineData("--connect-to", "host:port")]
    [InlineData("--connect-to", "https://host")]
    [InlineData("--what", "")]
    public async Task Usage_ThatIsWrong_EndsWith2(string option, string value) =>
        (await RunAsync("doctor", "twilio", option, value)).ExitCode.ShouldBe(ExitCodes.Usage);

    private async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var roots = Path.Combine(TestFolder.Create("roots"), "roots.pem");
        await File.WriteAllTextAsync(roots, Authority.RootPem, Cancellation);
        var lines = new List<string>();
        await using var process = await ChildProcess.StartAsync(new ChildProcessStart(Path.Combine(AppContext.BaseDirectory, "burqi"), arguments)
        {
            InheritEnvironment = false,
            Environment = new Dictionary<string, string?>(Variables, StringComparer.Ordinal)
            {
                ["SSL_CERT_FILE"] = roots,
                // shared/Microsoft.NETCore.App/{version} below it is where we run from.
                ["DOTNET_ROOT"] = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory()).Parent!.Parent!.Parent!.FullName,
                ["HOME"] = TestFolder.Create("home"),
            },
            OnLine = line =>
            {
                lock (lines)
                {
                    lines.Add(line);
                }
            },
        });
        var exitCode = await process.Exited.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        lock (lines)
        {
            return (exitCode, string.Join('\n', lines));
        }
    }
}
