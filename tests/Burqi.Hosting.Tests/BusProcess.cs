using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Burqi.Hosting.Processes;
using Burqi.Testing;

namespace Burqi.Hosting.Tests;

/// <summary>A process of tests/Burqi.BusProcess: the production registration with one publisher and one consumer of numbers.</summary>
internal sealed class BusProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly HttpClient client;

    private BusProcess(ChildProcess child, string address)
    {
        Child = child;
        client = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromSeconds(20) };
    }

    public ChildProcess Child { get; }

    public static string Program
    {
        get
        {
            var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
            return Path.Combine(Repository.Root, "artifacts", "bin", "Burqi.BusProcess", configuration, "Burqi.BusProcess.dll");
        }
    }

    public static ChildProcessStart Start(IReadOnlyDictionary<string, string?> settings) =>
        new("dotnet", Program) { Environment = new Dictionary<string, string?>(settings, StringComparer.Ordinal) { ["DOTNET_TieredPGO"] = "0" } };

    /// <summary>Starts the process and waits until it answers; not until it is ready.</summary>
    public static async Task<BusProcess> StartAsync(IReadOnlyDictionary<string, string?> settings)
    {
        var address = $"http://127.0.0.1:{FreePort.Next()}";
        var start = Start(new Dictionary<string, string?>(settings, StringComparer.Ordinal) { ["BURQI_URLS"] = address });
        var process = new BusProcess(await ChildProcess.StartAsync(start), address);
        await process.Child.WaitUntilReadyAsync(
            (output, _) => ValueTask.FromResult(output.Contains("Now listening on", StringComparison.Ordinal)), StartLimit, CancellationToken.None);
        return process;
    }

    public async Task GiveAsync(long first, int count)
    {
        using var response = await client.PostAsync($"/numbers?first={first}&count={count}", content: null);
        response.EnsureSuccessStatusCode();
    }

    public async Task<HttpStatusCode> HangAsync()
    {
        using var response = await client.PostAsync("/hang", content: null);
        return response.StatusCode;
    }

    public async Task<Outbox> OutboxAsync() => (await client.GetFromJsonAsync<Outbox>("/outbox"))!;

    public async Task<bool> IsReadyAsync() => (await HealthAsync("ready")).Status == HttpStatusCode.OK;

    public async Task<(HttpStatusCode Status, Dictionary<string, Check> Checks)> HealthAsync(string kind)
    {
        using var response = await client.GetAsync($"/health/{kind}");
        return (response.StatusCode, await ReadChecksAsync(response));
    }

    /// <summary>The checks of a health answer, by name.</summary>
    public static async Task<Dictionary<string, Check>> ReadChecksAsync(HttpResponseMessage response)
    {
        var report = await response.Content.ReadFromJsonAsync<JsonElement>();
        return report.GetProperty("checks").EnumerateArray().ToDictionary(
            check => check.GetProperty("name").GetString()!,
            check => new Check(check.GetProperty("status").GetString()!, check.TryGetProperty("reason", out var reason) ? reason.GetString() : null),
            StringComparer.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await Child.DisposeAsync();
    }

    internal sealed record Outbox(IReadOnlyList<long> Pending, int Failures, double SlowestMs);

    internal sealed record Check(string Status, string? Reason);
}
