using System.Globalization;
using Burqi.Hosting.Processes;
using Burqi.Simulator;
using Burqi.Testing;
using Npgsql;

namespace Burqi.EndToEnd.Tests.Stack;

/// <summary>
/// Burqi in one process behind a load balancer that ends TLS, told of its public address by <c>X-Forwarded-*</c> alone, and the simulated
/// Twilio in front, which sees nothing but <c>https://burqi.test</c>.
/// </summary>
public sealed class BalancedStack : IAsyncLifetime
{
    public const string PublicUrl = "https://burqi.test";
    public const string ApiKey = "balanced-tests-0123456789abcdef";

    private readonly string folder = TestFolder.Create("balanced");
    private readonly TestAuthority authority = new(TimeProvider.System);
    private LoadBalancer balancer = null!;
    private NpgsqlDataSource database = null!;

    internal ServiceProcess Burqi { get; private set; } = null!;

    internal TwilioSimulator Twilio { get; private set; } = null!;

    internal NpgsqlDataSource Database => database;

    internal HttpClient Api { get; private set; } = null!;

    internal string RecordingsFolder => Path.Combine(folder, "recordings");

    internal string DataFolder => Path.Combine(folder, "data");

    /// <summary>The environment in which <c>burqi doctor twilio</c> looks at the stack.</summary>
    internal Dictionary<string, string?> OperatorEnvironment { get; } = new(StringComparer.Ordinal);

    internal string BalancerAddress => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{balancer.Port}");

    public async ValueTask InitializeAsync()
    {
        var databaseUrl = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        database = NpgsqlDataSource.Create(databaseUrl);
        Twilio = await TwilioSimulator.StartAsync(new TwilioSimulatorOptions
        {
            VoiceUrl = PublicUrl + "/twilio/voice",
            StatusCallback = PublicUrl + "/twilio/call-status#rc=5&rp=all",
            Authorities = authority.Roots,
            RetryPause = TimeSpan.FromMilliseconds(50),
            NotFoundBeforeReady = 1,
            Speed = 4,
            PhoneNumbers = [new("+18005551212", PublicUrl + "/twilio/voice") { StatusCallback = PublicUrl + "/twilio/call-status" }],
        });
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BURQI_DATA_DIR"] = DataFolder,
            ["BURQI_RECORDINGS_DIR"] = RecordingsFolder,
            ["BURQI_DATABASE_URL"] = databaseUrl,
            ["BURQI_API_KEYS"] = ApiKey,
            ["BURQI_API_REQUESTS_PER_MINUTE"] = "100000", // tests look often
            ["BURQI_TRUSTED_PROXIES"] = "127.0.0.1",
            ["BURQI_COMPLETENESS_MINUTES"] = "0.1",
            ["TWILIO_ACCOUNT_SID"] = Twilio.Options.AccountSid,
            ["TWILIO_AUTH_TOKEN"] = Twilio.Options.AuthToken,
            ["TWILIO_CALLER_ID"] = "+18005551212",
            ["TWILIO_API_BASE_URL"] = Twilio.ApiBaseUrl,
        };
        foreach (var name in new[] { "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_API_BASE_URL" })
        {
            OperatorEnvironment[name] = settings[name];
        }

        OperatorEnvironment["CALLBACK_URI_HOST"] = PublicUrl;
        OperatorEnvironment["BURQI_API_KEY"] = ApiKey;
        var roots = Path.Combine(folder, "roots.pem");
        await File.WriteAllTextAsync(roots, authority.RootPem);
        OperatorEnvironment["SSL_CERT_FILE"] = roots;

        Burqi = ServiceProcess.Describe("Burqi.AllInOne", folder, settings);
        OperatorEnvironment["BURQI_API_URL"] = Burqi.Address.GetLeftPart(UriPartial.Authority);
        balancer = await LoadBalancer.StartAsync(LoadBalancer.Locations(Burqi.Address, Burqi.Address, Burqi.Address), authority.Issue("burqi.test"));
        Twilio.Route(PublicUrl, "https://" + BalancerAddress);
        Api = new HttpClient { BaseAddress = Burqi.Address, Timeout = TimeSpan.FromSeconds(30) };
        Api.DefaultRequestHeaders.Authorization = new("Bearer", ApiKey);
        await Burqi.StartAsync();
    }

    /// <summary>Runs <c>burqi</c> as an operator of this stack does; returns its exit code and what it printed.</summary>
    internal async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var lines = new List<string>();
        var tool = Path.Combine(Path.GetDirectoryName(Burqi.Assembly)!.Replace("Burqi.AllInOne", "Burqi.Cli", StringComparison.Ordinal), "burqi.dll");
        await using var process = await ChildProcess.StartAsync(new ChildProcessStart(ServiceProcess.ResolveDotnet(), [tool, .. arguments])
        {
            InheritEnvironment = false,
            Environment = OperatorEnvironment,
            OnLine = line =>
            {
                lock (lines)
                {
                    lines.Add(line);
                }
            },
        });
        var exitCode = await process.Exited.WaitAsync(TimeSpan.FromSeconds(120));
        lock (lines)
        {
            return (exitCode, string.Join('\n', lines));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Api?.Dispose();
        foreach (IAsyncDisposable? part in new IAsyncDisposable?[] { balancer, Burqi, Twilio, database })
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }

        authority.Dispose();
    }
}
