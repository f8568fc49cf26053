using System.Net.WebSockets;

namespace Burqi.Media.Tee;

/// <summary>The connection to a voice agent: opened within a limit, and every message taken by the agent within another.</summary>
internal sealed class AgentSocket : IDisposable
{
    private const string CallIdHeader = "X-Burqi-Call-Id";
    private const string TraceParentHeader = "traceparent";

    /// <summary>An agent whose process hangs answers no ping, and is given up after the two together.</summary>
    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan KeepAliveTimeout = TimeSpan.FromSeconds(20);

    private readonly ClientWebSocket _socket = new();
    private readonly MediaOptions _options;
    private readonly TimeProvider _time;

    private AgentSocket(MediaOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _socket.Options.KeepAliveInterval = KeepAliveInterval;
        _socket.Options.KeepAliveTimeout = KeepAliveTimeout;
    }

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public string? CloseDescription => _socket.CloseStatusDescription;

    /// <summary>Opens the agent's socket for a call.</summary>
    /// <exception cref="TimeoutException">The agent did not take the connection in time.</exception>
    /// <exception cref="WebSocketException">The agent is not to be reached, or refuses.</exception>
    public static async Task<AgentSocket> ConnectAsync(Uri url, string callId, string? traceParent, MediaOptions options, TimeProvider time)
    {
        var agent = new AgentSocket(options, time);
        try
        {
            agent._socket.Options.SetRequestHeader(CallIdHeader, callId);
            if (traceParent is not null)
            {
                agent._socket.Options.SetRequestHeader(TraceParentHeader, traceParent);
            }

            using var patience = new CancellationTokenSource(options.AgentConnectTimeout, time);
            try
            {
                await agent._socket.ConnectAsync(url, patience.Token);
            }
            catch (Exception exception) when (patience.IsCancellationRequested)
            {
                throw new TimeoutException("The agent did not take the connection in time.", exception);
            }

            return agent;
        }
        catch
        {
            agent.Dispose();
            throw;
        }
    }

    public ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(Memory<byte> buffer) => _socket.ReceiveAsync(buffer, CancellationToken.None);

    /// <summary>Sends a whole message; waits, within the limit, until the agent has room for it.</summary>
    /// <exception cref="TimeoutException">The agent takes nothing: the connection is aborted.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type)
    {
        // No token: with one every send costs memory, and nearly none has to wait.
        var sending = _socket.SendAsync(message, type, endOfMessage: true, CancellationToken.None);
        return sending.IsCompletedSuccessfully ? sending : new ValueTask(WithinLimitAsync(sending.AsTask()));
    }

    public async Task CloseOutputAsync(WebSocketCloseStatus status, string? description)
    {
        if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await WithinLimitAsync(_socket.CloseOutputAsync(status, description, CancellationToken.None));
        }
    }

    public void Abort() => _socket.Abort();

    public void Dispose() => _socket.Dispose();

    private async Task WithinLimitAsync(Task sending)
    {
        try
        {
            await sending.WaitAsync(_options.AgentSendTimeout, _time);
        }
        catch (TimeoutException)
        {
            _socket.Abort();
            throw;
        }
    }
}
