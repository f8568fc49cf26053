using System.Diagnostics;
using System.Net.WebSockets;
using Burqi.Contracts;
using Burqi.Media.Spool;
using Burqi.Media.Tee;
using Microsoft.Extensions.Logging;

namespace Burqi.Media.Streams;

/// <summary>One socket's life: reads whole messages, gives frames to the recording, and sees both to their end.</summary>
internal sealed partial class MediaStreamSession : IDisposable
{
    /// <summary>Over twenty times a usual message, and room for a second of audio in one frame.</summary>
    public const int MaxMessageBytes = 64 * 1024;

    /// <summary>What may come before a stream introduces itself and is kept for its agent: a greeting, and little else.</summary>
    private const int MaxForewords = 16;

    /// <summary>A peer that sends so many unreadable messages is not going to send readable ones.</summary>
    private const int MaxMalformed = 100;

    /// <summary>How long a peer may take to answer our close, and the disk to finish, before the connection is let go.</summary>
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A stream that separates the voices says nothing while nobody speaks: it may be silent so many times longer than others. A peer that is
    /// gone does not answer pings, and is found out by that.
    /// </summary>
    private const int QuietStreams = 10;

    private static readonly TimeSpan FinalizePatience = TimeSpan.FromSeconds(30);

    private readonly WebSocket _socket;
    private readonly IMediaMessageReader _reader;
    private readonly Func<StreamStart, IAgentMessageReader> _createAgentReader;
    private readonly bool _isTwoWay;
    private readonly RecordingServices _services;
    private readonly MediaStreams _streams;
    private readonly LiveRecordings _recordings;
    private readonly StreamAdmission _admission;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closed = new();

    private readonly MessageBuffer _message = new(MaxMessageBytes);
    private LiveRecording? _recording;
    private StreamStart? _start;
    private (StreamStart Start, long Sequence)? _arriving;
    private string? _tokenNonce;
    private List<(WebSocketMessageType Type, byte[] Bytes)>? _forewords = [];
    private MediaTee? _tee;
    private AgentEnding? _agentEnding;
    private Activity? _activity;
    private long _heardAt;
    private int _malformed;
    private MediaStreamEnding _ending;
    private volatile bool _superseded;

    public MediaStreamSession(
        WebSocket socket,
        IMediaMessageReader reader,
        Func<StreamStart, IAgentMessageReader> createAgentReader,
        bool isTwoWay,
        RecordingServices services,
        MediaStreams streams,
        LiveRecordings recordings,
        StreamAdmission admission,
        ILogger logger)
    {
        _socket = socket;
        _reader = reader;
        _createAgentReader = createAgentReader;
        _isTwoWay = isTwoWay;
        _services = services;
        _streams = streams;
        _recordings = recordings;
        _admission = admission;
        _logger = logger;
        _heardAt = services.Time.GetTimestamp();
    }

    public bool HasStarted { get; private set; }

    /// <summary>Whether an agent hears the stream, and answers it.</summary>
    public bool IsRelayed => _start?.AgentUrl is not null;

    /// <summary>Since the last message that meant something; before the start, since the socket was opened.</summary>
    public TimeSpan SilentFor() => _services.Time.GetElapsedTime(Volatile.Read(ref _heardAt));

    /// <summary>After how long without a message the stream counts as ended.</summary>
    public TimeSpan IdleTimeout => _start is { IsWallClock: true } ? QuietStreams * _services.Options.IdleTimeout : _services.Options.IdleTimeout;

    /// <summary>Runs until the stream has ended and, unless another socket may go on with it, its files are final.</summary>
    public async Task RunAsync()
    {
        _services.Telemetry.StreamOpened();
        _streams.Add(this);
        try
        {
            SetEnding(await ReceiveAsync());
            var isComplete = Detach();
            await Task.WhenAll(CloseAsync(), CloseAgentAsync());
            if (isComplete)
            {
                await FinishAsync(_recording!.Writer);
            }
        }
        finally
        {
            SetEnding(MediaStreamEnding.Aborted);
            Detach();
            _streams.Remove(this);
            _services.Telemetry.StreamEnded(_ending);
            _activity?.SetTag("burqi.ending", _ending.ToString());
            _activity?.Dispose();
            Log.StreamEnded(_logger, _start?.CallId, _start?.StreamId, _ending, _malformed);
        }
    }

    /// <summary>Ends the stream from outside its loop: asks the peer to close, and does not wait for ever for it.</summary>
    public void End(MediaStreamEnding ending)
    {
        if (SetEnding(ending))
        {
            _ = CloseFromOutsideAsync();
        }
    }

    /// <summary>Ends the stream because another socket brings it now: what still comes here is not taken.</summary>
    public void Supersede()
    {
        _superseded = true;
        End(MediaStreamEnding.Aborted);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _closed.Dispose();
        _message.Dispose();
        _tee?.Dispose();
    }

    /// <summary>Lets go of all that a further socket of the call needs, before this one's farewells take their time.</summary>
    private bool Detach()
    {
        if (_tokenNonce is { } nonce)
        {
            _admission.Release(nonce, this);
        }

        return _recording is { } recording && _recordings.Detach(recording, this, _ending);
    }

    private bool SetEnding(MediaStreamEnding ending) => Interlocked.CompareExchange(ref _ending, ending, MediaStreamEnding.None) == MediaStreamEnding.None;

    private async Task<MediaStreamEnding> ReceiveAsync()
    {
        try
        {
            while (true)
            {
                // No token: cancelling a receive breaks the connection, and the one timer for all streams ends this one by closing it.
                var received = await _socket.ReceiveAsync(_message.Free, CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return MediaStreamEnding.Closed;
                }

                if (!_message.TryAdvance(received.Count, received.EndOfMessage))
                {
                    Log.MessageOversized(_logger, _start?.CallId, _start?.StreamId, _message.MaxBytes);
                    return MediaStreamEnding.Oversized;
                }

                if (!received.EndOfMessage)
                {
                    continue;
                }

                var receivedAt = _start?.AgentUrl is null ? 0 : _services.Time.GetTimestamp();
                var ending = Handle(received.MessageType, _message.Message.Span);
                if (_arriving is { } arriving)
                {
                    _arriving = null;
                    ending = await BeginAsync(arriving.Start, arriving.Sequence);
                }

                if (_start?.AgentUrl is not null && ending is MediaStreamEnding.None or MediaStreamEnding.Stop)
                {
                    await RelayAsync(received.MessageType, receivedAt);
                }
                else if (_start is null && _forewords?.Count < MaxForewords)
                {
                    _forewords.Add((received.MessageType, _message.Message.ToArray()));
                }

                if (ending != MediaStreamEnding.None)
                {
                    return ending;
                }

                _message.Clear();
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            Log.ConnectionBroken(_logger, _start?.CallId, _start?.StreamId, exception.GetType().Name);
            return MediaStreamEnding.Aborted;
        }
    }

    /// <summary>Passes the message on to the agent; with the first, connects it and tells it what came before.</summary>
    private async ValueTask RelayAsync(WebSocketMessageType type, long receivedAt)
    {
        if (_forewords is { } forewords)
        {
            _forewords = null;
            _tee = await MediaTee.ConnectAsync(
                _socket, _start!, _activity?.Id ?? _start!.TraceParent, _createAgentReader(_start!), _recording!, _services, _logger, EndByAgent);
            receivedAt = _services.Time.GetTimestamp();
            foreach (var foreword in forewords)
            {
                await ForwardAsync(foreword.Bytes, foreword.Type, receivedAt);
            }
        }

        await ForwardAsync(_message.Message, type, receivedAt);
    }

    private ValueTask ForwardAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type, long receivedAt) =>
        _tee is { } tee ? tee.ForwardAsync(message, type, receivedAt) : ValueTask.CompletedTask;

    private void EndByAgent(AgentEnding ending)
    {
        _agentEnding = ending;
        End(ending.Ending);
    }

    private MediaStreamEnding Handle(WebSocketMessageType type, ReadOnlySpan<byte> bytes)
    {
        if (_superseded)
        {
            return MediaStreamEnding.Aborted;
        }

        if (type != WebSocketMessageType.Text)
        {
            return Reject("it is binary");
        }

        var message = _reader.Read(bytes);
        switch (message.Kind)
        {
            case MediaMessageKind.Malformed:
                return Reject(message.Complaint!);
            case MediaMessageKind.Start when !IsOurs(message.Start!):
                Log.ForeignAccount(_logger, message.Start!.CallId);
                return MediaStreamEnding.Refused;
            case MediaMessageKind.Start:
                _arriving = (message.Start!, message.Sequence);
                return MediaStreamEnding.None;
            case MediaMessageKind.Frame when _recording is null:
                return Reject("it is audio before the start");
            case MediaMessageKind.Frame when _start is { AgentUrl: not null } && message.Track == MediaTrack.Assistant:
                // What the agent says is known from the agent; twice it would be too loud.
                break;
            case MediaMessageKind.Frame:
                _recording.Place(message);
                Volatile.Write(ref _heardAt, _services.Time.GetTimestamp());
                return MediaStreamEnding.None;
            case MediaMessageKind.Mark:
                _recording?.Echo(message.Mark);
                break;
            default:
                break;
        }

        _recording?.Witness(message.Sequence);
        if (HasStarted)
        {
            Volatile.Write(ref _heardAt, _services.Time.GetTimestamp());
        }

        return message.Kind == MediaMessageKind.Stop ? MediaStreamEnding.Stop : MediaStreamEnding.None;
    }

    private async ValueTask<MediaStreamEnding> BeginAsync(StreamStart claimed, long sequence)
    {
        var arrivedAt = _services.Time.GetTimestamp();
        await _recordings.WaitForPlaceAsync(claimed);
        if (!TryBegin(claimed, arrivedAt))
        {
            return MediaStreamEnding.Refused;
        }

        _recording!.Witness(sequence);
        Volatile.Write(ref _heardAt, _services.Time.GetTimestamp());
        return MediaStreamEnding.None;
    }

    private bool TryBegin(StreamStart claimed, long arrivedAt)
    {
        if (_admission.Admit(claimed, _isTwoWay, this, out _tokenNonce) is not { } start)
        {
            _services.Telemetry.StreamRefused("token");
            return false;
        }

        _start = start;
        _activity = StartActivity(start);
        HasStarted = true;
        _recording = _recordings.Attach(start, this, _activity?.Id ?? start.TraceParent, arrivedAt);
        if (_recording is null)
        {
            Log.StreamBroughtTwice(_logger, start.CallId, start.StreamId);
            return false;
        }

        Log.StreamStarted(_logger, start.CallId, start.StreamId);
        if (start.AgentUrl is null)
        {
            _forewords = null;
            _ = EndWhenRefusedAsync(_recording.Writer);
        }
        else
        {
            // Two parties talk through it: it goes on whatever becomes of the recording.
            _message.MaxBytes = MediaTee.MaxMessageBytes;
        }

        return true;
    }

    /// <summary>Joins the trace of the call's webhook, which came to another service, and is not the upgrade's.</summary>
    private static Activity? StartActivity(StreamStart start)
    {
        var activity = ActivityContext.TryParse(start.TraceParent, null, isRemote: true, out var call)
            ? MediaTelemetry.Activities.StartActivity("media stream", ActivityKind.Consumer, call)
            : MediaTelemetry.Activities.StartActivity("media stream", ActivityKind.Consumer);
        activity?.SetTag("burqi.call_id", start.CallId);
        activity?.SetTag("burqi.stream_id", start.StreamId);
        return activity;
    }

    private async Task EndWhenRefusedAsync(RecordingWriter writer)
    {
        await Task.WhenAny(writer.Refused, writer.Completion);
        if (writer.Refused.IsCompleted)
        {
            End(MediaStreamEnding.Refused);
        }
    }

    private bool IsOurs(StreamStart start) =>
        start.Provider != Providers.Twilio
        || _services.Options.TwilioAccountSids is not { Count: > 0 } ours
        || ours.Contains(start.AccountId, StringComparer.OrdinalIgnoreCase);

    private MediaStreamEnding Reject(string complaint)
    {
        _services.Telemetry.MessageMalformed();
        _recording?.Reject();
        if (_malformed++ == 0)
        {
            // Once a stream: what is wrong with one message is usually wrong with all.
            Log.MessageMalformed(_logger, _start?.CallId, _start?.StreamId, complaint);
        }

        return _malformed < MaxMalformed || _start?.AgentUrl is not null ? MediaStreamEnding.None : MediaStreamEnding.Malformed;
    }

    private async Task FinishAsync(RecordingWriter writer)
    {
        try
        {
            await writer.Completion.WaitAsync(FinalizePatience, _services.Time);
            if (_streams.IsDraining)
            {
                // The bus goes right after the web server, which waits for this: what is told now need not wait for the next start.
                await writer.WhenAnnouncedAsync().WaitAsync(ClosePatience, _services.Time);
            }
        }
        catch (TimeoutException)
        {
            Log.FinalizingSlow(_logger, _start?.CallId, _start?.StreamId);
        }
    }

    /// <summary>Ends the connection from its own loop, which reads no more.</summary>
    private async Task CloseAsync()
    {
        await _closed.CancelAsync();
        using var patience = new CancellationTokenSource(ClosePatience, _services.Time);
        try
        {
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived or WebSocketState.CloseSent)
            {
                await _socket.CloseAsync(CloseStatus(_ending), CloseDescription(_ending), patience.Token);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            _socket.Abort();
        }
    }

    /// <summary>The agent hears how the provider's connection ended, as far as a code can tell.</summary>
    private async Task CloseAgentAsync()
    {
        if (_tee is not { } tee)
        {
            return;
        }

        var (status, description) = _ending switch
        {
            MediaStreamEnding.Closed => (_socket.CloseStatus, _socket.CloseStatusDescription),
            MediaStreamEnding.Aborted => (WebSocketCloseStatus.InternalServerError, null),
            _ => (CloseStatus(_ending), null),
        };
        status = status is null or WebSocketCloseStatus.Empty ? WebSocketCloseStatus.NormalClosure : status;
        await tee.CloseAsync(status.Value, string.IsNullOrEmpty(description) ? null : description, ClosePatience);
    }

    private async Task CloseFromOutsideAsync()
    {
        try
        {
            await _socket.CloseOutputAsync(CloseStatus(_ending), CloseDescription(_ending), _closed.Token).WaitAsync(ClosePatience, _services.Time);

            // The loop goes on reading what was under way until the peer answers; a peer that is gone never will.
            await Task.Delay(ClosePatience, _services.Time, _closed.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or TimeoutException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Closing failed or is no longer needed.
        }

        if (_socket.State != WebSocketState.Closed)
        {
            _socket.Abort();
        }
    }

    private string? CloseDescription(MediaStreamEnding ending) => ending == MediaStreamEnding.AgentClosed ? _agentEnding?.Description : null;

    private WebSocketCloseStatus CloseStatus(MediaStreamEnding ending) => ending switch
    {
        MediaStreamEnding.AgentClosed or MediaStreamEnding.AgentFailed when _agentEnding is { } agent => agent.Status,
        MediaStreamEnding.Oversized => WebSocketCloseStatus.MessageTooBig,
        MediaStreamEnding.Malformed => WebSocketCloseStatus.InvalidPayloadData,
        MediaStreamEnding.NoStart or MediaStreamEnding.Refused => WebSocketCloseStatus.PolicyViolation,
        MediaStreamEnding.Draining or MediaStreamEnding.Idle => WebSocketCloseStatus.EndpointUnavailable,
        _ => WebSocketCloseStatus.NormalClosure,
    };
}
