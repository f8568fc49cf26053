using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Burqi.Load.Servers;

/// <summary>An agent that says nothing and notes when each message reached it.</summary>
internal sealed class AgentSink : IAsyncDisposable
{
    private readonly WebApplication app;

    private AgentSink(WebApplication app) => this.app = app;

    /// <summary>What came: the stream, the message's number, and when.</summary>
    public ConcurrentQueue<(string StreamSid, long Sequence, long At)> Received { get; } = new();

    public Uri Address => new UriBuilder(app.Urls.Single()) { Path = "/agent" }.Uri;

    public string Url => $"ws://{Address.Authority}{Address.AbsolutePath}";

    public static async Task<AgentSink> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var agent = new AgentSink(builder.Build());
        agent.app.UseWebSockets();
        agent.app.Run(agent.TakeAsync);
        await agent.app.StartAsync();
        return agent;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[4096];
        var streamSid = "";
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            var at = Stopwatch.GetTimestamp();
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                return;
            }

            var text = buffer.AsSpan(0, received.Count);
            if (streamSid.Length == 0 && Find(text, "\"streamSid\":\""u8) is var name and > 0)
            {
                streamSid = Encoding.ASCII.GetString(text.Slice(name, 34));
            }

            if (Find(text, "\"sequenceNumber\":\""u8) is var number and > 0 && Utf8Parser.TryParse(text[number..], out long sequence, out _))
            {
                Received.Enqueue((streamSid, sequence, at));
            }
        }
    }

    private static int Find(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name) => text.IndexOf(name) is var at and >= 0 ? at + name.Length : -1;
}
