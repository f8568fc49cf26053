using Burqi.Hosting.Processes;
using Burqi.Testing;

namespace Burqi.Ingress.Tests.Support;

/// <summary>The ingress host as a process of its own, the way it is deployed.</summary>
internal sealed class IngressProcess : IAsyncDisposable
{
    private IngressProcess(ChildProcess child, Uri address)
    {
        Child = child;
        Address = address;
        Twilio = new TwilioClient(address, TwilioClient.PublicBaseUrl);
    }

    public ChildProcess Child { get; }

    public Uri Address { get; }

    public TwilioClient Twilio { get; }

    /// <summary>Starts the process and waits until it answers.</summary>
    public static async Task<IngressProcess> StartAsync(string dataDirectory, params (string Name, string? Value)[] settings)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var process = new IngressProcess(await LaunchAsync(dataDirectory, [("BURQI_URLS", address.ToString()), .. settings]), address);
        await Eventually.BecomesTrueAsync(async () =>
        {
            process.Child.Exited.IsCompleted.ShouldBeFalse(process.Child.Output);
            using var live = await process.Twilio.Http.GetAsync(new Uri(address, "/health/live"));
            return live.IsSuccessStatusCode;
        });
        return process;
    }

    /// <summary>Starts the process and waits for nothing.</summary>
    public static Task<ChildProcess> LaunchAsync(string dataDirectory, params (string Name, string? Value)[] settings)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BURQI_DATA_DIR"] = dataDirectory,
            ["TWILIO_AUTH_TOKEN"] = TwilioClient.AuthToken,
            ["TWILIO_ACCOUNT_SID"] = TwilioClient.AccountSid,
            ["CALLBACK_URI_HOST"] = TwilioClient.PublicBaseUrl,
        };
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        return ChildProcess.StartAsync(
            new ChildProcessStart("dotnet", Path.Combine(AppContext.BaseDirectory, "Burqi.Ingress.Host.dll")) { Environment = environment, WorkingDirectory = AppContext.BaseDirectory });
    }

    public async ValueTask DisposeAsync()
    {
        Twilio.Dispose();
        await Child.DisposeAsync();
    }
}
