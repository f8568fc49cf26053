using System.Net;
using Burqi.Hosting.Processes;
using Burqi.Testing;

namespace Burqi.EndToEnd.Tests.Stack;

/// <summary>
/// One service of Burqi as a process of its own, as it is run in production: it can be killed and started again on the same port and
/// folders, and one that ends itself because its bus is stuck (exit code 70) is started again, as its orchestrator would.
/// </summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private const int StuckBus = 70;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private readonly string assembly;
    private readonly Dictionary<string, string?> environment;
    private readonly string folder;
    private readonly string logFile;
    private ChildProcess? process;

    private ServiceProcess(string assembly, Uri address, Dictionary<string, string?> environment, string folder, string logFile)
    {
        this.folder = folder;
        this.assembly = assembly;
        this.environment = environment;
        this.logFile = logFile;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>The host's program file.</summary>
    public string Assembly => assembly;

    /// <summary>Everything the service has written so far, over all its starts.</summary>
    public string Log => File.Exists(logFile) ? ReadShared(logFile) : "";

    /// <summary>Completes with the exit code of the process last started.</summary>
    public Task<int> Exited => process!.Exited;

    /// <summary>Describes a service; <see cref="StartAsync"/> starts it.</summary>
    /// <param name="project">The host project's name, such as <c>Burqi.Ingress.Host</c>.</param>
    /// <param name="folder">Its working folder. Its log goes below <c>artifacts/test-logs</c>, where it outlives the run that failed.</param>
    /// <param name="settings">Its environment variables; nothing of ours but PATH is passed on.</param>
    public static ServiceProcess Describe(string project, string folder, IReadOnlyDictionary<string, string?> settings)
    {
        // Built beside the tests, in the same configuration: artifacts/bin/{project}/{configuration}/.
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var host = Path.Combine(output.Parent!.Parent!.FullName, project, output.Name, project + ".dll");
        if (!File.Exists(host))
        {
            throw new InvalidOperationException($"{host} is not there: build the solution first.");
        }

        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var variables = new Dictionary<string, string?>(settings, StringComparer.Ordinal)
        {
            ["BURQI_URLS"] = address.GetLeftPart(UriPartial.Authority),
            ["HOME"] = folder,
            ["DOTNET_ROOT"] = Path.GetDirectoryName(Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : ResolveDotnet()),
        };
        Directory.CreateDirectory(folder);
        var logs = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "test-logs"));
        return new ServiceProcess(host, address, variables, folder, Path.Combine(logs.FullName, $"{project}-{Environment.ProcessId}-{address.Port}.log"));
    }

    public async Task StartAsync(bool waitUntilReady = true)
    {
        process = await StartProcessAsync();
        _ = SuperviseAsync(process);
        if (waitUntilReady)
        {
            await WaitUntilReadyAsync();
        }
    }

    private Task<ChildProcess> StartProcessAsync() =>
        ChildProcess.StartAsync(new ChildProcessStart(ResolveDotnet(), assembly)
        {
            InheritEnvironment = false,
            Environment = environment,
            WorkingDirectory = folder,
            OnLine = Append,
        });

    private async Task SuperviseAsync(ChildProcess started)
    {
        while (await started.Exited == StuckBus)
        {
            Append("The process ended itself with code 70 and is started again.");
            started = await StartProcessAsync();
            process = started;
        }
    }

    public async Task WaitUntilReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(5) };
        await process!.WaitUntilReadyAsync(
            async (_, cancellation) =>
            {
                try
                {
                    using var answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellation);
                    return answer.StatusCode == HttpStatusCode.OK;
                }
                catch (Exception notYet) when (notYet is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
                {
                    return false; // not there, or too busy to answer in time
                }
            },
            StartLimit,
            CancellationToken.None);
    }

    /// <summary>kill -9: the process gets no chance to do anything.</summary>
    public async Task KillAsync()
    {
        process!.Signal(ChildSignal.Kill);
        await process.Exited;
    }

    /// <summary>SIGSTOP: the process stands still and knows nothing of it.</summary>
    public void Suspend() => process!.Signal(ChildSignal.Suspend);

    /// <summary>SIGCONT: a suspended process goes on.</summary>
    public void Resume() => process!.Signal(ChildSignal.Continue);

    /// <summary>SIGTERM, as an orchestrator sends it; returns the exit code.</summary>
    public Task<int> StopAsync() => process!.StopAsync(ChildSignal.Terminate, TimeSpan.FromSeconds(40));

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync();
        }
    }

    internal static string ResolveDotnet()
    {
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH");
        if (host is { Length: > 0 } && File.Exists(host))
        {
            return host;
        }

        var root = new DirectoryInfo(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory()).Parent!.Parent!.Parent!;
        return Path.Combine(root.FullName, "dotnet");
    }

    private static string ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    private void Append(string line)
    {
        lock (environment)
        {
            using var file = new StreamWriter(new FileStream(logFile, FileMode.Append, FileAccess.Write, FileShare.ReadWrite));
            file.WriteLine(line);
        }
    }
}
