using System.Net.Sockets;
using System.Net.WebSockets;
using Burqi.Media.Spool;
using Burqi.Media.Streams;
using Microsoft.Extensions.Logging;

namespace Burqi.Media.Tee;

/// <summary>How an agent's connection ended, and with what the provider's is therefore closed.</summary>
internal sealed record AgentEnding(MediaStreamEnding Ending, WebSocketCloseStatus Status, string? Description);

/// <summary>
/// Sits between a provider and a voice agent: what the one sends goes to the other as it came, message by message and in order, and a side that
/// takes nothing stops the other. The recording hears it first, and never makes it wait.
/// </summary>
internal sealed partial class MediaTee : IDisposable
{
    /// <summary>The longest message either side may send, in bytes.</summary>
    public const int MaxMessageBytes = 1024 * 1024;

    private readonly AgentSocket _agent;
    private readonly WebSocket _provider;
    private readonly StreamStart _start;
    private readonly IAgentMessageReader _reader;
    private readonly LiveRecording _recording;
    private readonly RecordingServices _services;
    private readonly ILogger _logger;
    private readonly Action<AgentEnding> _ended;
    private Task _relaying = Task.CompletedTask;
    private volatile bool _closed;
    private bool _deaf;

    private MediaTee(
        AgentSocket agent,
        WebSocket provider,
        StreamStart start,
        IAgentMessageReader reader,
        LiveRecording recording,
        RecordingServices services,
        ILogger logger,
        Action<AgentEnding> ended)
    {
        _agent = agent;
        _provider = provider;
        _start = start;
        _reader = reader;
        _recording = recording;
        _services = services;
        _logger = logger;
        _ended = ended;
    }

    /// <summary>
    /// Connects a stream with its agent. Null, and <paramref name="ended"/> called, when the agent is not to be had.
    /// </summary>
    public static async Task<MediaTee?> ConnectAsync(
        WebSocket provider,
        StreamStart start,
        string? traceParent,
        IAgentMessageReader reader,
        LiveRecording recording,
        RecordingServices services,
        ILogger logger,
        Action<AgentEnding> ended)
    {
        try
        {
            var agent = await AgentSocket.ConnectAsync(start.AgentUrl!, start.CallId, traceParent, services.Options, services.Time);
            var tee = new MediaTee(agent, provider, start, reader, recording, services, logger, ended);
            Log.AgentConnected(logger, start.CallId, start.StreamId, start.AssistantId);
            tee._relaying = tee.RelayFromAgentAsync();
            return tee;
        }
        catch (Exception exception) when (IsConnectionTrouble(exception))
        {
            reader.Dispose();
            services.Telemetry.AgentUnreachable(exception is TimeoutException ? "timeout" : "refused");
            Log.AgentUnreachable(logger, start.CallId, start.StreamId, start.AssistantId, Describe(exception));
            ended(Failure);
            return null;
        }
    }

    /// <summary>Passes a message of the provider's on, once the recording has had it. Waits while the agent has no room.</summary>
    public async ValueTask ForwardAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type, long receivedAt)
    {
        if (_closed)
        {
            return;
        }

        try
        {
            await _agent.SendAsync(message, type);
            _services.Telemetry.Relayed(_services.Time.GetElapsedTime(receivedAt));
        }
        catch (Exception exception) when (IsConnectionTrouble(exception))
        {
            Fail(exception);
        }
    }

    /// <summary>The provider is gone: takes leave of the agent, which may take its time, but not all of it.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status, string? description, TimeSpan patience)
    {
        _closed = true;
        try
        {
            await _agent.CloseOutputAsync(status, description);
            await _relaying.WaitAsync(patience, _services.Time);
        }
        catch (Exception exception) when (IsConnectionTrouble(exception))
        {
            // It is over either way.
        }

        _agent.Abort();
        await _relaying;
    }

    public void Dispose() => _agent.Dispose();

    private static AgentEnding Failure => new(MediaStreamEnding.AgentFailed, WebSocketCloseStatus.InternalServerError, null);

    /// <summary>Runs until the agent's connection has ended; never throws.</summary>
    private async Task RelayFromAgentAsync()
    {
        using var reader = _reader;
        using var buffer = new MessageBuffer(MaxMessageBytes);
        try
        {
            while (true)
            {
                var received = await _agent.ReceiveAsync(buffer.Free);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    await TakeLeaveAsync();
                    return;
                }

                if (!buffer.TryAdvance(received.Count, received.EndOfMessage))
                {
                    Log.AgentMessageOversized(_logger, _start.CallId, _start.StreamId, MaxMessageBytes);

                    // The agent first: once the provider is told, its loop takes leave of the agent with a reason of its own.
                    await _agent.CloseOutputAsync(WebSocketCloseStatus.MessageTooBig, null);
                    End(Failure);
                    return;
                }

                if (received.EndOfMessage)
                {
                    await PassOnAsync(buffer.Message, received.MessageType);
                    buffer.Clear();
                }
            }
        }
        catch (Exception exception) when (IsConnectionTrouble(exception))
        {
            Fail(exception);
        }
    }

    private async ValueTask PassOnAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type)
    {
        var receivedAt = _services.Time.GetTimestamp();
        if (type == WebSocketMessageType.Text && !_closed)
        {
            Hear(message.Span);
        }

        try
        {
            await _provider.SendAsync(message, type, endOfMessage: true, CancellationToken.None);
            _services.Telemetry.Relayed(_services.Time.GetElapsedTime(receivedAt));
        }
        catch (Exception exception) when (IsConnectionTrouble(exception))
        {
            // The provider's own loop sees that it is gone, and ends this one. What the agent still says is read until then.
        }
    }

    private void Hear(ReadOnlySpan<byte> message)
    {
        if (_deaf)
        {
            return;
        }

        try
        {
            _recording.Hear(_reader.Read(message));
        }
        catch (Exception exception)
        {
            // Whatever it is, it is the recording's trouble: the two go on talking.
            _deaf = true;
            Log.NotHeard(_logger, exception, _start.CallId, _start.StreamId);
        }
    }

    /// <summary>The agent has closed: its code is the provider's as well.</summary>
    private async Task TakeLeaveAsync()
    {
        var status = _agent.CloseStatus is { } given and not WebSocketCloseStatus.Empty ? given : WebSocketCloseStatus.NormalClosure;
        var description = string.IsNullOrEmpty(_agent.CloseDescription) ? null : _agent.CloseDescription;
        if (!_closed)
        {
            Log.AgentClosed(_logger, _start.CallId, _start.StreamId, (int)status);
        }

        End(new AgentEnding(MediaStreamEnding.AgentClosed, status, description));
        await _agent.CloseOutputAsync(status, description);
    }

    private void Fail(Exception exception)
    {
        if (!_closed)
        {
            Log.AgentFailed(_logger, _start.CallId, _start.StreamId, _start.AssistantId, Describe(exception));
        }

        End(Failure);
        _agent.Abort();
    }

    private void End(AgentEnding ending)
    {
        if (!_closed)
        {
            _closed = true;
            _recording.EndPlayback();
            _ended(ending);
        }
    }

    private static bool IsConnectionTrouble(Exception exception) =>
        exception is WebSocketException or OperationCanceledException or TimeoutException or IOException or ObjectDisposedException or InvalidOperationException or HttpRequestException or SocketException;

    /// <summary>The kind of trouble; addresses and answers of others stay out of the log.</summary>
    private static string Describe(Exception exception) => exception switch
    {
        TimeoutException => "it took too long",
        WebSocketException { WebSocketErrorCode: var code } => $"{code}",
        _ => exception.GetType().Name,
    };

    private static partial class Log
    {
        [LoggerMessage(3150, LogLevel.Information, "Stream {StreamId} of call {CallId} is relayed to the agent of assistant {AssistantId}")]
        public static partial void AgentConnected(ILogger logger, string callId, string streamId, string? assistantId);

        [LoggerMessage(3151, LogLevel.Error, "The agent of assistant {AssistantId} is not to be reached for stream {StreamId}, call {CallId}: {Reason}")]
        public static partial void AgentUnreachable(ILogger logger, string callId, string streamId, string? assistantId, string reason);

        [LoggerMessage(3152, LogLevel.Error, "The agent of assistant {AssistantId} failed stream {StreamId}, call {CallId}: {Reason}")]
        public static partial void AgentFailed(ILogger logger, string callId, string streamId, string? assistantId, string reason);

        [LoggerMessage(3153, LogLevel.Information, "The agent closed stream {StreamId} of call {CallId} with {Status}")]
        public static partial void AgentClosed(ILogger logger, string callId, string streamId, int status);

        [LoggerMessage(3154, LogLevel.Warning, "The agent's connection of stream {StreamId}, call {CallId}, is closed: a message exceeds {Limit} bytes")]
        public static partial void AgentMessageOversized(ILogger logger, string callId, string streamId, int limit);

        [LoggerMessage(3155, LogLevel.Error, "What the agent says on stream {StreamId}, call {CallId}, is relayed and no longer recorded")]
        public static partial void NotHeard(ILogger logger, Exception exception, string callId, string streamId);
    }
}
