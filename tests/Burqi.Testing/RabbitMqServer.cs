using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Burqi.Hosting.Processes;

namespace Burqi.Testing;

/// <summary>
/// A real RabbitMQ with its management API. One is shared by a test process; each test class takes a virtual host of its own.
/// A quorum queue is safe from <see cref="KillAsync"/> about two seconds after it was declared, not before: its members' log reaches the
/// disk only then.
/// </summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    private const string ServerProgram = "/usr/lib/rabbitmq/bin/rabbitmq-server";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private static readonly TestServer<RabbitMqServer> Source = new("RabbitMQ")
    {
        Environment = ("BURQI_TEST_RABBITMQ", ConnectAsync),
        Compose = ("rabbitmq", ConnectAsync),
        Local = (() => File.Exists(ServerProgram), StartPrivateAsync),
    };

    private static readonly Lazy<Task<RabbitMqServer>> Shared = new(async () => SharedServers.Keep(await Source.FindAsync()));

    private readonly ConcurrentBag<string> virtualHosts = [];
    private readonly Uri address;
    private readonly HttpClient client;
    private readonly PrivateNode? node;

    private RabbitMqServer(Uri amqp, Uri management, PrivateNode? own)
    {
        address = amqp;
        Management = management;
        node = own;
        client = CreateManagementClient();
    }

    /// <summary>The management API's base URL; it wants <see cref="UserName"/> and <see cref="Password"/> by basic authentication.</summary>
    public Uri Management { get; }

    /// <summary>The administrator's name.</summary>
    public string UserName => Uri.UnescapeDataString(address.UserInfo.Split(':')[0]);

    /// <summary>The administrator's password.</summary>
    public string Password => Uri.UnescapeDataString(address.UserInfo.Split(':')[1]);

    private PrivateNode Node => node ?? throw new InvalidOperationException("Only a server of RabbitMqServer.StartAsync may be killed: this one is not ours.");

    /// <summary>The server all tests of this process share; started at the first call.</summary>
    public static Task<RabbitMqServer> SharedAsync() => Shared.Value;

    /// <summary>A server for one test, which may kill it; the caller disposes of it.</summary>
    public static Task<RabbitMqServer> StartAsync()
    {
        Source.RequireInstalled();
        return StartPrivateAsync();
    }

    /// <summary>Makes an empty virtual host.</summary>
    /// <returns>Its URL: <c>amqp://user:password@host:port/name</c>.</returns>
    public async Task<string> CreateVirtualHostAsync()
    {
        var name = $"test-{Guid.NewGuid():N}";
        await SendAsync(HttpMethod.Put, $"api/vhosts/{name}", null);
        virtualHosts.Add(name);
        await SendAsync(HttpMethod.Put, $"api/permissions/{name}/{Uri.EscapeDataString(UserName)}", new { configure = ".*", write = ".*", read = ".*" });
        return new UriBuilder(address) { Path = name }.Uri.AbsoluteUri;
    }

    /// <summary>A client of the management API; the caller disposes of it.</summary>
    public HttpClient CreateManagementClient() => new()
    {
        BaseAddress = Management,
        DefaultRequestHeaders =
        {
            Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{UserName}:{Password}"))),
        },
    };

    /// <summary>Kills the server at once (SIGKILL).</summary>
    public Task KillAsync() => Node.KillAsync();

    /// <summary>Starts a killed or stopped server again on the same folder and ports: durable queues keep their persistent messages.</summary>
    public Task RestartAsync() => Node.StartAsync();

    /// <summary>Stops the server in order, as an operator would; takes some seconds.</summary>
    public Task StopAsync() => Node.StopAsync();

    /// <summary>Freezes the server (SIGSTOP): connections stay open and nothing answers.</summary>
    public void Suspend() => Node.Signal(ChildSignal.Suspend);

    /// <summary>Lets a frozen server go on.</summary>
    public void Resume() => Node.Signal(ChildSignal.Continue);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (node is not null)
        {
            await node.DisposeAsync();
        }
        else
        {
            foreach (var name in virtualHosts)
            {
                await SendAsync(HttpMethod.Delete, $"api/vhosts/{name}", null);
            }
        }

        client.Dispose();
    }

    private static Task<RabbitMqServer> ConnectAsync(string amqp)
    {
        var server = new Uri(amqp);
        var management = Environment.GetEnvironmentVariable("BURQI_TEST_RABBITMQ_MANAGEMENT") is { Length: > 0 } given
            ? new Uri(given)
            : new Uri($"http://{server.Host}:15672/");
        return Task.FromResult(new RabbitMqServer(server, management, own: null));
    }

    private static async Task<RabbitMqServer> ConnectAsync(ComposeService service)
    {
        var amqp = $"amqp://burqi:{ComposeService.Secret}@{await service.AddressAsync(5672)}";
        return new RabbitMqServer(new Uri(amqp), new Uri($"http://{await service.AddressAsync(15672)}/"), own: null);
    }

    private static async Task<RabbitMqServer> StartPrivateAsync()
    {
        var own = new PrivateNode(TestFolder.Create("mq"));
        try
        {
            await own.StartAsync();
        }
        catch
        {
            await own.DisposeAsync();
            throw;
        }

        return new RabbitMqServer(own.Address, own.Management, own);
    }

    private async Task SendAsync(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>A node that shares nothing with another one on this machine: own name, cookie, ports, name daemon and folder.</summary>
    private sealed class PrivateNode : IAsyncDisposable
    {
        private readonly string folder;
        private readonly string password = Guid.NewGuid().ToString("N");
        private readonly int port = FreePort.Next();
        private readonly int managementPort = FreePort.Next();
        private readonly int distributionPort = FreePort.Next();
        private readonly int nameDaemonPort = FreePort.Next();
        private ChildProcess? nameDaemon;
        private ChildProcess? server;

        public PrivateNode(string nodeFolder)
        {
            folder = nodeFolder;
            foreach (var part in (string[])["home", "mnesia", "log"])
            {
                Directory.CreateDirectory(Path.Combine(folder, part));
            }

            var cookie = Path.Combine(folder, "home", ".erlang.cookie");
            File.WriteAllText(cookie, Guid.NewGuid().ToString("N"));
            if (!OperatingSystem.IsWindows())
            {
                // Erlang refuses a cookie that others may read.
                File.SetUnixFileMode(cookie, UnixFileMode.UserRead);
            }

            File.WriteAllText(Path.Combine(folder, "plugins"), "[rabbitmq_management].\n");
            File.WriteAllText(
                Path.Combine(folder, "rabbitmq.conf"),
                $"""
                listeners.tcp.1 = 127.0.0.1:{port}
                management.tcp.ip = 127.0.0.1
                management.tcp.port = {managementPort}
                default_user = burqi
                default_pass = {password}
                vm_memory_high_watermark.absolute = 512MiB
                disk_free_limit.absolute = 50MB
                log.console = true
                log.console.level = info
                log.file = false
                collect_statistics_interval = 1000

                """);
        }

        public Uri Address => new($"amqp://burqi:{password}@127.0.0.1:{port}");

        public Uri Management => new($"http://127.0.0.1:{managementPort}/");

        private Dictionary<string, string?> Environment => new(StringComparer.Ordinal)
        {
            ["HOME"] = Path.Combine(folder, "home"),
            ["ERL_EPMD_PORT"] = nameDaemonPort.ToString(CultureInfo.InvariantCulture),
            ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODENAME"] = $"t{port}@localhost",
            ["RABBITMQ_MNESIA_BASE"] = Path.Combine(folder, "mnesia"),
            ["RABBITMQ_LOG_BASE"] = Path.Combine(folder, "log"),
            ["RABBITMQ_CONFIG_FILE"] = Path.Combine(folder, "rabbitmq.conf"),
            ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(folder, "no-such-file"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(folder, "plugins"),
            ["RABBITMQ_PID_FILE"] = Path.Combine(folder, "pid"),
            ["RABBITMQ_DIST_PORT"] = distributionPort.ToString(CultureInfo.InvariantCulture),

            // The script then becomes the server instead of waiting for it: the process we started is the one we signal.
            ["RUNNING_UNDER_SYSTEMD"] = "true",

            // Idle schedulers sleep at once instead of spinning: several servers share a small machine with the tests.
            ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] =
                "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -start_epmd false -kernel inet_dist_use_interface {127,0,0,1}",
        };

        public async Task StartAsync()
        {
            nameDaemon ??= await ChildProcess.StartAsync(new ChildProcessStart(
                "epmd", "-port", nameDaemonPort.ToString(CultureInfo.InvariantCulture), "-address", "127.0.0.1"));
            if (server is not null)
            {
                await server.DisposeAsync();
            }

            // Not the wrappers in /usr/sbin: they change the user and the folder. The open port is no sign of readiness, this line is.
            server = await ChildProcess.StartAsync(new ChildProcessStart(ServerProgram) { Environment = Environment, WorkingDirectory = folder });
            await server.WaitUntilReadyAsync(
                (output, _) => ValueTask.FromResult(output.Contains("Server startup complete", StringComparison.Ordinal)), StartLimit, CancellationToken.None);
        }

        public Task KillAsync() => server?.KillAsync() ?? Task.CompletedTask;

        public Task StopAsync() => server?.StopAsync(ChildSignal.Terminate, TimeSpan.FromSeconds(30)) ?? Task.CompletedTask;

        public void Signal(ChildSignal signal) => server?.Signal(signal);

        public async ValueTask DisposeAsync()
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }

            if (nameDaemon is not null)
            {
                await nameDaemon.DisposeAsync();
            }
        }
    }
}
