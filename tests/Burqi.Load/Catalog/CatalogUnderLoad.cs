using System.Net.Http.Headers;
using Burqi.Hosting.Processes;
using Burqi.Load.Measuring;
using Burqi.Load.Servers;

namespace Burqi.Load.Catalog;

/// <summary>The catalog's own process, as it is run.</summary>
internal sealed class CatalogUnderLoad : IAsyncDisposable
{
    private const string ApiKey = "key-of-the-load-00000001";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);

    private readonly ChildProcess process;

    private CatalogUnderLoad(ChildProcess process, HttpClient client)
    {
        this.process = process;
        Client = client;
    }

    /// <summary>Sends the key with every request.</summary>
    public HttpClient Client { get; }

    public string Output => process.Output;

    public double CpuSeconds => ProcessGauge.CpuSeconds(process.Id);

    public long PeakResidentKib => ProcessGauge.PeakResident(process.Id);

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="database">Its database.</param>
    /// <param name="broker">Where its messages come from; null: from nowhere.</param>
    /// <param name="folder">An empty folder.</param>
    /// <param name="untilReady">Whether to wait until it is; it takes messages a little before.</param>
    public static async Task<CatalogUnderLoad> StartAsync(string database, string? broker, string folder, bool untilReady = true)
    {
        var address = $"http://127.0.0.1:{FreePort.Next()}";
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BURQI_URLS"] = address,
            ["BURQI_BUS"] = broker is null ? "memory" : "rabbitmq",
            ["BURQI_RABBITMQ_URL"] = broker,
            ["BURQI_BUS_QUEUES"] = "",
            ["BURQI_DATABASE_URL"] = database,
            ["BURQI_API_KEYS"] = ApiKey,
            ["BURQI_DATA_DIR"] = Path.Combine(folder, "data"),

            // One client asks as fast as it can; what is measured is not how that is refused.
            ["BURQI_API_REQUESTS_PER_MINUTE"] = "1000000",
        };
        var client = new HttpClient { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        var started = await ChildProcess.StartAsync(ServerUnderLoad.Dotnet(ServerUnderLoad.BesideUs("Burqi.Catalog.Host")) with { Environment = environment, WorkingDirectory = folder });
        if (untilReady)
        {
            await started.WaitUntilReadyAsync(async (_, cancellation) => await IsReadyAsync(client, cancellation), StartLimit, CancellationToken.None);
        }

        return new CatalogUnderLoad(started, client);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await process.StopAsync(ChildSignal.Terminate, TimeSpan.FromSeconds(40));
        await process.DisposeAsync();
    }

    private static async ValueTask<bool> IsReadyAsync(HttpClient client, CancellationToken cancellation)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
