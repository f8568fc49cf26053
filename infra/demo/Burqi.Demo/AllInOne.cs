using Burqi.Hosting.Processes;

namespace Burqi.Demo;

/// <summary>All services in one process, run as a child; what it logs goes to a file.</summary>
internal sealed class AllInOne : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(40);

    private readonly ChildProcess process;
    private readonly TextWriter log;

    private AllInOne(ChildProcess started, TextWriter openLog)
    {
        process = started;
        log = openLog;
    }

    /// <summary>Throws when the process has ended: it should not until it is stopped.</summary>
    public void RequireRunning()
    {
        if (process.Exited.IsCompleted)
        {
            throw new DemoFailedException($"All-in-one ended on its own; the last it said was:\n{process.Output}");
        }
    }

    /// <summary>Starts it and returns when all of it is ready.</summary>
    public static async Task<AllInOne> StartAsync(DemoSettings settings, string twilioApi, string logFile, HttpClient client, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(settings.DataFolder);
        var lines = TextWriter.Synchronized(new StreamWriter(logFile, append: false) { AutoFlush = true });
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "Burqi.AllInOne", configuration, "Burqi.AllInOne.dll"));
        var started = await ChildProcess.StartAsync(new ChildProcessStart("dotnet", program)
        {
            WorkingDirectory = Directory.GetCurrentDirectory(),
            Environment = new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["BURQI_URLS"] = settings.Urls,
                ["TWILIO_API_BASE_URL"] = twilioApi,
            },

            // It then stops its own children, PostgreSQL among them, in order.
            DeathSignal = ChildSignal.Terminate,
            OnLine = lines.WriteLine,
        });
        var allInOne = new AllInOne(started, lines);
        try
        {
            await started.WaitUntilReadyAsync((_, token) => IsReadyAsync(client, token), StartLimit, cancellationToken);
            return allInOne;
        }
        catch (ChildProcessException failure)
        {
            await allInOne.DisposeAsync();
            throw new DemoFailedException($"All-in-one did not come up. {failure.Message}", failure);
        }
        catch
        {
            await allInOne.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await process.StopAsync(ChildSignal.Terminate, StopLimit);
        await process.DisposeAsync();
        await log.DisposeAsync();
    }

    private static async ValueTask<bool> IsReadyAsync(HttpClient client, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(new Uri("health/ready", UriKind.Relative), cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
