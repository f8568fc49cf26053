using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Burqi.Media.Tests.Fixtures;

/// <summary>A voice agent: a WebSocket server that tests talk through, call by call.</summary>
internal sealed class VoiceAgent : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<AgentCall> _calls = Channel.CreateUnbounded<AgentCall>();
    private readonly TaskCompletionSource _stopping = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private VoiceAgent(WebApplication app) => _app = app;

    public Uri Url => new UriBuilder(_app.Urls.Single()) { Scheme = "ws", Path = "/agent" }.Uri;

    /// <summary>Starts an agent on a port of its own.</summary>
    /// <param name="answer">Decides whether a call is taken: false leaves the request hanging, an exception refuses it.</param>
    public static async Task<VoiceAgent> StartAsync(Func<bool>? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.Configure<KestrelServerOptions>(options => options.Limits.MaxRequestBufferSize = 64 * 1024);
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var agent = new VoiceAgent(app);
        app.UseWebSockets();
        app.Run(context => agent.TakeAsync(context, answer));
        await app.StartAsync();
        return agent;
    }

    /// <summary>The next call that reaches the agent.</summary>
    public async Task<AgentCall> NextCallAsync() => await _calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        _stopping.TrySetResult();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context, Func<bool>? answer)
    {
        if (answer is not null && !answer())
        {
            await _stopping.Task.WaitAsync(context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var call = new AgentCall(socket, context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase));
        _calls.Writer.TryWrite(call);
        await Task.WhenAny(call.Over, _stopping.Task);
        socket.Abort();
    }
}

/// <summary>One call at the agent's end.</summary>
internal sealed class AgentCall(WebSocket socket, IReadOnlyDictionary<string, string> headers)
{
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyDictionary<string, string> Headers => headers;

    public Task Over => _over.Task;

    public WebSocketCloseStatus? ClosedWith => socket.CloseStatus;

    public string? ClosedBecause => socket.CloseStatusDescription;

    /// <summary>The next message; null when the other side has closed, which is answered, or is gone.</summary>
    public async Task<ReceivedMessage?> ReceiveAsync()
    {
        var message = new List<byte>();
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    if (socket.State == WebSocketState.CloseReceived)
                    {
                        await socket.CloseOutputAsync(socket.CloseStatus ?? WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                    }

                    _over.TrySetResult();
                    return null;
                }

                message.AddRange(buffer.AsSpan(0, received.Count));
                if (received.EndOfMessage)
                {
                    return new ReceivedMessage(received.MessageType, [.. message], Stopwatch.GetTimestamp());
                }
            }
        }
        catch (WebSocketException)
        {
            _over.TrySetResult();
            return null;
        }
    }

    /// <summary>Reads until the other side has closed.</summary>
    public async Task<List<ReceivedMessage>> ReceiveAllAsync()
    {
        var all = new List<ReceivedMessage>();
        while (await ReceiveAsync() is { } message)
        {
            all.Add(message);
        }

        return all;
    }

    public Task SendAsync(string message) => SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text);

    public Task SendAsync(byte[] message, WebSocketMessageType type) => socket.SendAsync(message, type, endOfMessage: true, CancellationToken.None);

    public Task SendMediaAsync(string streamSid, ReadOnlySpan<byte> audio) =>
        SendAsync($$$"""{"event":"media","streamSid":"{{{streamSid}}}","media":{"payload":"{{{Convert.ToBase64String(audio)}}}"}}""");

    public Task SendClearAsync(string streamSid) => SendAsync($$"""{"event":"clear","streamSid":"{{streamSid}}"}""");

    public Task SendMarkAsync(string streamSid, string name) => SendAsync($$$"""{"event":"mark","streamSid":"{{{streamSid}}}","mark":{"name":"{{{name}}}"}}""");

    public Task CloseAsync(WebSocketCloseStatus status, string? reason = null) => socket.CloseOutputAsync(status, reason, CancellationToken.None);

    public void Abort()
    {
        socket.Abort();
        _over.TrySetResult();
    }
}
