using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Burqi.EndToEnd.Tests.Stack;

/// <summary>A voice agent of the customer's: a WebSocket that speaks Twilio's two-way protocol and does what the test says.</summary>
internal sealed class VoiceAgent : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<string> received = new();
    private readonly ConcurrentQueue<string> sent = new();

    private VoiceAgent(WebApplication app) => this.app = app;

    /// <summary>The address to give as an assistant's <c>media_url</c>.</summary>
    public string MediaUrl { get; private set; } = "";

    /// <summary>What the upgrade said in <c>X-Burqi-Call-Id</c>.</summary>
    public string? CallId { get; private set; }

    /// <summary>The status that the other side closed with.</summary>
    public WebSocketCloseStatus? ClosedWith { get; private set; }

    /// <summary>Every message that came, in order.</summary>
    public IReadOnlyCollection<string> Received => received;

    /// <summary>Every message that was sent, in order.</summary>
    public IReadOnlyCollection<string> Sent => sent;

    /// <summary>Starts the agent.</summary>
    /// <param name="onMessage">Called for every message that comes, one at a time; what it sends goes out at once.</param>
    public static async Task<VoiceAgent> StartAsync(Func<VoiceAgent, WebSocket, JsonElement, Task> onMessage)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var agent = new VoiceAgent(builder.Build());
        agent.app.UseWebSockets();
        agent.app.Map("/agent", (HttpContext context) => agent.ServeAsync(context, onMessage));
        await agent.app.StartAsync();
        var address = agent.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        agent.MediaUrl = address.Replace("http://", "ws://", StringComparison.Ordinal) + "/agent";
        return agent;
    }

    public async Task SendAsync(WebSocket socket, string message)
    {
        sent.Enqueue(message);
        await socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task ServeAsync(HttpContext context, Func<VoiceAgent, WebSocket, JsonElement, Task> onMessage)
    {
        CallId = context.Request.Headers["X-Burqi-Call-Id"];
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[256 * 1024];
        var length = 0;
        while (socket.State is WebSocketState.Open or WebSocketState.CloseSent)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), context.RequestAborted);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                ClosedWith = socket.CloseStatus;
                if (socket.State == WebSocketState.CloseReceived)
                {
                    await socket.CloseOutputAsync(socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                }

                return;
            }

            length += part.Count;
            if (part.EndOfMessage)
            {
                var text = Encoding.UTF8.GetString(buffer, 0, length);
                length = 0;
                received.Enqueue(text);
                using var message = JsonDocument.Parse(text);
                await onMessage(this, socket, message.RootElement.Clone());
            }
        }
    }
}
