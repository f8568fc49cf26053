using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Burqi.EndToEnd.Tests.Stack;

/// <summary>An OTLP endpoint (HTTP, protobuf) that keeps what the services export, whole; a trace id is searched for as its 16 bytes.</summary>
internal sealed class TraceReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<byte[]> exports = new();

    private TraceReceiver(WebApplication app) => this.app = app;

    public Uri Address { get; private set; } = null!;

    public static async Task<TraceReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new TraceReceiver(builder.Build());
        receiver.app.MapPost("/v1/traces", receiver.KeepAsync);
        receiver.app.MapPost("/v1/metrics", () => Results.Ok());
        receiver.app.MapPost("/v1/logs", () => Results.Ok());
        await receiver.app.StartAsync();
        receiver.Address = new Uri(receiver.app.Services.GetServerAddress());
        return receiver;
    }

    /// <summary>Whether the service exported a span of the trace.</summary>
    public bool HasSpan(string serviceName, string traceId)
    {
        var id = Convert.FromHexString(traceId);
        var name = Encoding.UTF8.GetBytes(serviceName);
        return exports.Any(export => export.AsSpan().IndexOf(name) >= 0 && export.AsSpan().IndexOf(id) >= 0);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task KeepAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        exports.Enqueue(body.ToArray());
    }
}

file static class ServerAddress
{
    public static string GetServerAddress(this IServiceProvider services) =>
        ((Microsoft.AspNetCore.Hosting.Server.IServer)services.GetService(typeof(Microsoft.AspNetCore.Hosting.Server.IServer))!)
            .Features.Get<IServerAddressesFeature>()!.Addresses.First();
}
