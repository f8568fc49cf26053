using System.Globalization;
using System.Net.Sockets;
using Burqi.Hosting.Processes;
using Burqi.Load.Measuring;

namespace Burqi.Load.Servers;

/// <summary>One of the programs that are compared, as a process of its own with an empty folder.</summary>
internal sealed class ServerUnderLoad : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(3);

    private readonly ChildProcess process;

    private ServerUnderLoad(ServerKind kind, ChildProcess process, Uri address, string folder)
    {
        this.process = process;
        Kind = kind;
        Address = address;
        Folder = folder;
    }

    public ServerKind Kind { get; }

    /// <summary>Where the calls' media go.</summary>
    public Uri Address { get; }

    /// <summary>Where the server keeps what it writes.</summary>
    public string Folder { get; }

    public string Recordings => Path.Combine(Folder, "recordings");

    public string Output => process.Output;

    public double CpuSeconds => ProcessGauge.CpuSeconds(process.Id);

    public MemoryUse Memory => ProcessGauge.Memory(process.Id);

    public int ProcessId => process.Id;

    public static async Task<ServerUnderLoad> StartAsync(ServerKind kind, string folder, IReadOnlyDictionary<string, string?>? settings = null)
    {
        Directory.CreateDirectory(Path.Combine(folder, "recordings"));
        var port = FreePort.Next();
        var start = kind switch
        {
            ServerKind.Sink => Dotnet(BesideUs("Burqi.Load"), "sink", port.ToString(CultureInfo.InvariantCulture)),
            ServerKind.Node => new ChildProcessStart("node", await NodeRecorderAsync(), port.ToString(CultureInfo.InvariantCulture), Path.Combine(folder, "recordings")),
            ServerKind.Media => Media(folder, port, settings),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        var path = kind == ServerKind.Media ? "/twilio/media-stream" : "/";
        var server = new ServerUnderLoad(kind, await ChildProcess.StartAsync(start), new Uri($"http://127.0.0.1:{port}{path}"), folder);
        await server.process.WaitUntilReadyAsync(async (_, cancellation) => await ListensAsync(port, cancellation), StartLimit, CancellationToken.None);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await process.StopAsync(ChildSignal.Terminate, TimeSpan.FromSeconds(40));
        await process.DisposeAsync();
    }

    private static ChildProcessStart Media(string folder, int port, IReadOnlyDictionary<string, string?>? settings)
    {
        var environment = new Dictionary<string, string?>(settings ?? new Dictionary<string, string?>(StringComparer.Ordinal), StringComparer.Ordinal)
        {
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["BURQI_URLS"] = $"http://127.0.0.1:{port}",
            ["BURQI_BUS"] = "memory",
            ["BURQI_VERIFY_SIGNATURES"] = "false",
            ["BURQI_RECORDINGS_DIR"] = Path.Combine(folder, "recordings"),
            ["BURQI_DATA_DIR"] = Path.Combine(folder, "data"),
        };
        return Dotnet(BesideUs("Burqi.Media.Host")) with { Environment = environment, WorkingDirectory = folder };
    }

    internal static ChildProcessStart Dotnet(params string[] arguments) => new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments);

    /// <summary>Built beside this program, in the same configuration: artifacts/bin/{project}/{configuration}/.</summary>
    internal static string BesideUs(string project)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(output.Parent!.Parent!.FullName, project, output.Name, project + ".dll");
        return File.Exists(program) ? program : throw new InvalidOperationException($"{program} is not there: build tests/Burqi.Load first.");
    }

    private static async Task<string> NodeRecorderAsync()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "node");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "ws")))
        {
            await ChildProcess.RunAsync(
                new ChildProcessStart("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts") { WorkingDirectory = folder },
                InstallLimit,
                CancellationToken.None);
        }

        return Path.Combine(folder, "recorder.mjs");
    }

    internal static async ValueTask<bool> ListensAsync(int port, CancellationToken cancellation)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await probe.ConnectAsync("127.0.0.1", port, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
