using Burqi.EndToEnd.Tests.Stack;
using Burqi.Hosting.Processes;
using Burqi.Simulator;
using Burqi.Testing;

namespace Burqi.EndToEnd.Tests;

/// <summary>The embedded default: one process, no broker, a private PostgreSQL, objects on disk.</summary>
public sealed class EmbeddedTests : IAsyncLifetime
{
    private const string ApiKey = "embedded-tests-0123456789abcdef";

    private readonly string folder = TestFolder.Create("embedded");
    private readonly int simulatorPort = FreePort.Next();
    private ServiceProcess burqi = null!;
    private TwilioSimulator twilio = null!;
    private HttpClient api = null!;

    public async ValueTask InitializeAsync()
    {
        var options = new TwilioSimulatorOptions { AllowLoopback = true, Port = simulatorPort, Speed = 4 };
        burqi = ServiceProcess.Describe("Burqi.AllInOne", folder, new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BURQI_DATA_DIR"] = Path.Combine(folder, "data"),
            ["BURQI_RECORDINGS_DIR"] = Path.Combine(folder, "recordings"),
            ["BURQI_API_KEYS"] = ApiKey,
            ["BURQI_API_REQUESTS_PER_MINUTE"] = "100000", // tests look often
            ["TWILIO_ACCOUNT_SID"] = options.AccountSid,
            ["TWILIO_AUTH_TOKEN"] = options.AuthToken,
            ["TWILIO_CALLER_ID"] = "+18005551212",
            ["TWILIO_API_BASE_URL"] = $"http://127.0.0.1:{simulatorPort}",
        });
        twilio = await TwilioSimulator.StartAsync(options with
        {
            VoiceUrl = burqi.Address + "twilio/voice",
            StatusCallback = burqi.Address + "twilio/call-status#rc=5&rp=all",
        });
        await burqi.StartAsync();
        api = new HttpClient { BaseAddress = burqi.Address, Timeout = TimeSpan.FromSeconds(30) };
        api.DefaultRequestHeaders.Authorization = new("Bearer", ApiKey);
    }

    [Fact]
    public async Task Call_InOneProcess_IsRecordedArchivedAndServed()
    {
        var call = await twilio.PlaceCallAsync(TwoPartyCall.Of(TimeSpan.FromSeconds(6)));

        call.Errors.ShouldBeEmpty();
        var rows = await Evidence.FourCompletedAsync(api, call.CallSid);
        var (user, assistant, mixed) = Evidence.Expected(call);
        (await Evidence.SamplesAsync(api, call.CallSid, rows["user"])).ShouldHold(user);
        (await Evidence.SamplesAsync(api, call.CallSid, rows["assistant"])).ShouldHold(assistant);
        Evidence.MixOfOurs(Path.Combine(folder, "recordings"), call.CallSid).ShouldHold(mixed);
        rows.ShouldBeUpgraded();

        Directory.GetFiles(Path.Combine(folder, "recordings", call.CallSid), "*.wav").Length.ShouldBe(3);
        // The four, and the two channels of the provider's own.
        await Eventually.BecomesTrueAsync(
            () => Directory.GetFiles(Path.Combine(folder, "data", "objects", "recordings"), "*.wav", SearchOption.AllDirectories)
                .Count(file => !Path.GetFileName(file).StartsWith('.')) == 6);
    }

    [Fact]
    public async Task Recording_PausedInOneProcess_IsSilentFromThenOn()
    {
        var call = twilio.StartCall(TwoPartyCall.Of(TimeSpan.FromSeconds(16)));
        await call.WhenReachesAsync(TimeSpan.FromSeconds(3));
        await Evidence.CaptureBeganAsync(Path.Combine(folder, "recordings"), call.CallSid);
        using var answer = await api.PostAsync(new Uri($"/calls/{call.CallSid}/recording/pause", UriKind.Relative), null);
        var (body, recording) = (await answer.Content.ReadAsStringAsync(), call.Recordings.ShouldHaveSingleItem());
        var (status, pausedBy) = (recording.Status, call.Now);
        await call.Completion;

        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK, body);
        status.ShouldBe("paused");
        var rows = await Evidence.FourCompletedAsync(api, call.CallSid);
        var (user, _, _) = Evidence.Expected(call);
        var samples = (await Evidence.SamplesAsync(api, call.CallSid, rows["user"])).ShouldHaveSingleItem();
        samples.Length.ShouldBe(user.Length);
        var from = samples.AsSpan().CommonPrefixLength(user);
        ((double)from / 8000).ShouldBeInRange(2, pausedBy.TotalSeconds);
        samples.AsSpan(from).ContainsAnyExcept((short)0).ShouldBeFalse();
    }

    /// <summary>The bus lives in the process that dies: whatever was on it must come again.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(5.8)]
    [InlineData(double.PositiveInfinity)]
    public async Task Process_KilledAndRestarted_EndsWithTheSameRows(double atSecondOfTheCall)
    {
        var call = twilio.StartCall(TwoPartyCall.Of(TimeSpan.FromSeconds(6)));
        await (double.IsFinite(atSecondOfTheCall) ? call.WhenReachesAsync(TimeSpan.FromSeconds(atSecondOfTheCall)) : call.Completion);
        await Evidence.CaptureBeganAsync(Path.Combine(folder, "recordings"), call.CallSid);

        await burqi.KillAsync();
        await burqi.StartAsync();
        await call.Completion;

        await Evidence.FourCompletedAsync(api, call.CallSid);
    }

    [Fact]
    public async Task Start_WithNothingConfigured_NamesEveryMissingSetting()
    {
        var bare = ServiceProcess.Describe("Burqi.AllInOne", TestFolder.Create("bare"), new Dictionary<string, string?>(StringComparer.Ordinal));
        await bare.StartAsync(waitUntilReady: false);

        (await bare.Exited).ShouldBe(78);
        foreach (var name in new[] { "TWILIO_AUTH_TOKEN", "BURQI_API_KEYS" })
        {
            bare.Log.Split('\n').Count(line => line.Contains(name, StringComparison.Ordinal)).ShouldBe(1, bare.Log);
        }
    }

    public async ValueTask DisposeAsync()
    {
        api?.Dispose();
        await burqi.DisposeAsync();
        await twilio.DisposeAsync();
    }
}
