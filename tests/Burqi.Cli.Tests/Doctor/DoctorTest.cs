using System.Net;
using Burqi.Cli.Doctor;
using Burqi.Cli.Doctor.Twilio;
using Burqi.Simulator;
using Burqi.Testing;

namespace Burqi.Cli.Tests.Doctor;

/// <summary>A Burqi behind a load balancer that ends TLS, an account at a simulated Twilio, and a doctor to look at both.</summary>
public abstract class DoctorTest(BurqiServices burqi) : IAsyncLifetime
{
    internal const string PublicUrl = "https://" + BurqiServices.Host;
    internal const string KeySid = "SK00000000000000000000000000000001";

    private readonly List<IAsyncDisposable> started = [];
    private DnsEndPoint? connectTo;

    protected BurqiServices Burqi { get; private set; } = burqi;

    /// <summary>What the doctor finds in its environment: as Burqi's own, until a test changes it.</summary>
    protected Dictionary<string, string?> Variables { get; } = new(StringComparer.Ordinal)
    {
        ["CALLBACK_URI_HOST"] = PublicUrl,
        ["TWILIO_ACCOUNT_SID"] = BurqiServices.AccountSid,
        ["TWILIO_AUTH_TOKEN"] = BurqiServices.AuthToken,
    };

    protected TestAuthority Authority { get; } = new(TimeProvider.System);

    internal TwilioSimulator Twilio { get; private set; } = null!;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await StartTwilioAsync(options => options);
        await BalanceAsync(LoadBalancer.Locations(Burqi.Ingress, Burqi.Media));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in started)
        {
            await part.DisposeAsync();
        }

        Authority.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Another account at another Twilio than the usual one.</summary>
    internal async Task StartTwilioAsync(Func<TwilioSimulatorOptions, TwilioSimulatorOptions> change)
    {
        Twilio = await TwilioSimulator.StartAsync(change(new TwilioSimulatorOptions
        {
            AccountSid = BurqiServices.AccountSid,
            AuthToken = BurqiServices.AuthToken,
            PhoneNumbers = [Number()],
        }));
        started.Add(Twilio);
        Variables["TWILIO_API_BASE_URL"] = Twilio.ApiBaseUrl;
    }

    /// <summary>A number that is set as it should be.</summary>
    internal static PhoneNumber Number(string voice = PublicUrl + "/twilio/voice?to=%2B15550123#rc=5&rp=all") =>
        new("+15550100", voice) { StatusCallback = PublicUrl + "/twilio/call-status#rc=5&rp=all" };

    /// <summary>Another Burqi than the usual one, behind a load balancer that is set as it should be.</summary>
    protected async Task StartBurqiAsync(params (string Name, string? Value)[] settings)
    {
        Burqi = await BurqiServices.StartAsync(settings);
        started.Add(Burqi);
        await BalanceAsync(LoadBalancer.Locations(Burqi.Ingress, Burqi.Media));
    }

    /// <summary>Another load balancer than the usual one.</summary>
    protected async Task BalanceAsync(string locations, (string Certificates, string Key)? certificate = null)
    {
        var balancer = await LoadBalancer.StartAsync(locations, certificate ?? Authority.Issue(BurqiServices.Host));
        started.Add(balancer);
        connectTo = new DnsEndPoint("127.0.0.1", balancer.Port);
    }

    protected string ConnectTo => $"{connectTo!.Host}:{connectTo.Port}";

    internal Task<DoctorReport> ExamineAsync() => ExamineAsync(new DoctorNetwork(connectTo, Authority.Roots));

    internal Task<DoctorReport> ExamineAsync(DoctorNetwork network) =>
        new TwilioDoctor(new DoctorSettings(name => Variables.GetValueOrDefault(name)), network, TimeProvider.System).ExamineAsync(Cancellation);

    /// <summary>Exactly this is wrong, and what to do is said.</summary>
    internal async Task ShouldFindAsync(Severity severity, string check, string what, string remedy = "")
    {
        var report = await ExamineAsync();
        report.ShouldHave(severity, check, what, remedy);
    }
}

internal static class DoctorReportAssertions
{
    public static void ShouldHave(this DoctorReport report, Severity severity, string check, string what, string remedy = "")
    {
        var all = string.Join('\n', report.Findings);
        var wrong = report.Findings.Where(finding => finding.Severity == severity).ToList();
        wrong.ShouldContain(finding => finding.Check == check && finding.What.Contains(what, StringComparison.Ordinal) && (finding.Remedy ?? "").Contains(remedy, StringComparison.Ordinal), all);
        report.Worst.ShouldBe(severity, all);
        all.ShouldNotContain(BurqiServices.AuthToken);
    }
}
