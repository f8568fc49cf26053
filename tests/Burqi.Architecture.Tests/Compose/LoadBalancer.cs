using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Burqi.Hosting.Processes;
using Burqi.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Burqi.Architecture.Tests.Compose;

/// <summary>
/// A real nginx under the stack's own configuration, with a small process-local server in place of each replica. Only what belongs to
/// containers is changed: the names become loopback addresses, the port and the folder for temporary files this test's own.
/// </summary>
internal sealed partial class LoadBalancer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, WebApplication> replicas = new(StringComparer.Ordinal);
    private ChildProcess? nginx;

    private LoadBalancer(int port) => Address = new Uri($"http://127.0.0.1:{port}");

    public Uri Address { get; }

    /// <summary>What reached a replica, in order: its name, the request line's target, the Host header, and who is said to have asked by which scheme and host.</summary>
    public ConcurrentQueue<(string Replica, string Target, string Host, string Forwarded)> Received { get; } = new();

    /// <summary>What nginx logged.</summary>
    public string Log => nginx!.Output;

    public static IReadOnlyList<string> ConfiguredReplicas { get; } =
        Server().Matches(Repository.Read("infra/nginx/nginx.conf")).Select(match => match.Groups["host"].Value).Distinct(StringComparer.Ordinal).ToArray();

    public static async Task<LoadBalancer> StartAsync()
    {
        var balancer = new LoadBalancer(FreePort.Next());
        try
        {
            await balancer.StartReplicasAsync();
            await balancer.StartNginxAsync();
            return balancer;
        }
        catch
        {
            await balancer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends a replica as a crash would: its port answers nobody.</summary>
    public async Task StopReplicaAsync(string name)
    {
        replicas.TryRemove(name, out var replica).ShouldBeTrue();
        await replica!.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (nginx is not null)
        {
            await nginx.DisposeAsync();
        }

        foreach (var replica in replicas.Values)
        {
            await replica.DisposeAsync();
        }
    }

    private async Task StartReplicasAsync()
    {
        foreach (var name in ConfiguredReplicas)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var replica = builder.Build();
            replica.Urls.Add("http://127.0.0.1:0");
            replica.UseWebSockets();
            replica.Run(context => AnswerAsync(name, context));
            replicas[name] = replica;
            await replica.StartAsync();
        }
    }

    private async Task AnswerAsync(string name, HttpContext context)
    {
        var headers = context.Request.Headers;
        var forwarded = $"{headers["X-Forwarded-For"]} {headers["X-Forwarded-Proto"]} {headers["X-Forwarded-Host"]}";
        Received.Enqueue((name, context.Features.Get<IHttpRequestFeature>()!.RawTarget, context.Request.Host.Value!, forwarded));
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await context.Response.WriteAsync(name);
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[1024];
        while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { CloseStatus: null } message)
        {
            await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseOutputAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }

    private async Task StartNginxAsync()
    {
        var folder = TestFolder.Create("nginx");
        var text = Server().Replace(
            Repository.Read("infra/nginx/nginx.conf"),
            match => string.Create(CultureInfo.InvariantCulture, $"server 127.0.0.1:{new Uri(replicas[match.Groups["host"].Value].Urls.Single()).Port} {match.Groups["rest"].Value}"));
        text = Resolver().Replace(text, "")
            .Replace("listen 8080;", $"listen 127.0.0.1:{Address.Port};", StringComparison.Ordinal)
            .Replace("/tmp/", $"{folder}/", StringComparison.Ordinal)
            .Replace("worker_processes auto;", "worker_processes 1;", StringComparison.Ordinal);
        var file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(file, text);

        // As root, nginx would hand its workers to a user who may not enter the test's folder.
        var directives = Environment.IsPrivilegedProcess ? "daemon off; user root;" : "daemon off;";
        nginx = await ChildProcess.StartAsync(new ChildProcessStart(Program(), "-p", folder, "-c", file, "-g", directives));
        using var client = new HttpClient();
        await nginx.WaitUntilReadyAsync(
            async (_, cancellationToken) =>
            {
                try
                {
                    using var answer = await client.GetAsync(new Uri(Address, "/health"), cancellationToken);
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(30),
            CancellationToken.None);
    }

    // Debian keeps it where only root's PATH leads.
    private static string Program() => new[] { "/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx", "/opt/homebrew/bin/nginx" }.FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("nginx is missing: run infra/install-prerequisites.sh test, or apt-get install nginx-light.");

    [GeneratedRegex(@"server (?<host>[a-z0-9-]+):8080 resolve (?<rest>[^;]*;)")]
    private static partial Regex Server();

    [GeneratedRegex(@"^\s*resolver [^;]*;", RegexOptions.Multiline)]
    private static partial Regex Resolver();
}
