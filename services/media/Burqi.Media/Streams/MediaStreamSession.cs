using System.Buffers;
using System.Diagnostics;
using System.Net.WebSockets;
using Burqi.Contracts;
using Burqi.Media.Spool;
using Microsoft.Extensions.Logging;

namespace Burqi.Media.Streams;

/// <summary>One socket's life: reads whole messages, gives frames to the recording, and sees both to their end.</summary>
internal sealed partial class MediaStreamSession : IDisposable
{
    /// <summary>Over twenty times a usual message, and room for a second of audio in one frame.</summary>
    public const int MaxMessageBytes = 64 * 1024;

    private const int UsualMessageBytes = 1024;

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
    private readonly RecordingServices _services;
    private readonly MediaStreams _streams;
    private readonly LiveRecordings _recordings;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _closed = new();

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(UsualMessageBytes);
    private LiveRecording? _recording;
    private StreamStart? _start;
    private Activity? _activity;
    private long _heardAt;
    private int _malformed;
    private MediaStreamEnding _ending;
    private volatile bool _superseded;

    public MediaStreamSession(
        WebSocket socket,
        IMediaMessageReader reader,
        RecordingServices services,
        MediaStreams streams,
        LiveRecordings recordings,
        ILogger logger)
    {
        _socket = socket;
        _reader = reader;
        _services = services;
        _streams = streams;
        _recordings = recordings;
        _logger = logger;
        _heardAt = services.Time.GetTimestamp();
    }

    public bool HasStarted { get; private set; }

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
            await CloseAsync();
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
        var buffer = _buffer;
        _buffer = [];
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool Detach() => _recording is { } recording && _recordings.Detach(recording, this, _ending);

    private bool SetEnding(MediaStreamEnding ending) => Interlocked.CompareExchange(ref _ending, ending, MediaStreamEnding.None) == MediaStreamEnding.None;

    private async Task<MediaStreamEnding> ReceiveAsync()
    {
        var length = 0;
        try
        {
            while (true)
            {
                // No token: cancelling a receive breaks the connection, and the one timer for all streams ends this one by closing it.
                var received = await _socket.ReceiveAsync(_buffer.AsMemory(length), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    return MediaStreamEnding.Closed;
                }

                length += received.Count;
                if (!received.EndOfMessage)
                {
                    if (length == _buffer.Length && !TryGrow())
                    {
                        Log.MessageOversized(_logger, _start?.CallId, _start?.StreamId, MaxMessageBytes);
                        return MediaStreamEnding.Oversized;
                    }

                    continue;
                }

                if (Handle(received.MessageType, _buffer.AsSpan(0, length)) is var ending && ending != MediaStreamEnding.None)
                {
                    return ending;
                }

                length = 0;
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            Log.ConnectionBroken(_logger, _start?.CallId, _start?.StreamId, exception.GetType().Name);
            return MediaStreamEnding.Aborted;
        }
    }

    private bool TryGrow()
    {
        if (_buffer.Length >= MaxMessageBytes)
        {
            return false;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(2 * _buffer.Length, MaxMessageBytes));
        _buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
        return true;
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
            case MediaMessageKind.Start when !TryBegin(message.Start!):
                return MediaStreamEnding.Refused;
            case MediaMessageKind.Frame when _recording is null:
                return Reject("it is audio before the start");
            case MediaMessageKind.Frame:
                _recording.Place(message, out _);
                Volatile.Write(ref _heardAt, _services.Time.GetTimestamp());
                return MediaStreamEnding.None;
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

    private bool TryBegin(StreamStart start)
    {
        _start = start;
        _activity = StartActivity(start);
        HasStarted = true;
        _recording = _recordings.Attach(start, this, _activity?.Id ?? start.TraceParent);
        if (_recording is null)
        {
            Log.StreamBroughtTwice(_logger, start.CallId, start.StreamId);
            return false;
        }

        Log.StreamStarted(_logger, start.CallId, start.StreamId);
        _ = EndWhenRefusedAsync(_recording.Writer);
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
        || _services.Options.TwilioAccountSid is not { } ours
        || string.Equals(ours, start.AccountId, StringComparison.OrdinalIgnoreCase);

    private MediaStreamEnding Reject(string complaint)
    {
        _services.Telemetry.MessageMalformed();
        _recording?.Reject();
        if (_malformed++ == 0)
        {
            // Once a stream: what is wrong with one message is usually wrong with all.
            Log.MessageMalformed(_logger, _start?.CallId, _start?.StreamId, complaint);
        }

        return _malformed < MaxMalformed ? MediaStreamEnding.None : MediaStreamEnding.Malformed;
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
                await _socket.CloseAsync(CloseStatus(_ending), null, patience.Token);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            _socket.Abort();
        }
    }

    private async Task CloseFromOutsideAsync()
    {
        try
        {
            await _socket.CloseOutputAsync(CloseStatus(_ending), null, _closed.Token).WaitAsync(ClosePatience, _services.Time);

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

    private static WebSocketCloseStatus CloseStatus(MediaStreamEnding ending) => ending switch
    {
        MediaStreamEnding.Oversized => WebSocketCloseStatus.MessageTooBig,
        MediaStreamEnding.Malformed => WebSocketCloseStatus.InvalidPayloadData,
        MediaStreamEnding.NoStart or MediaStreamEnding.Refused => WebSocketCloseStatus.PolicyViolation,
        MediaStreamEnding.Draining or MediaStreamEnding.Idle => WebSocketCloseStatus.EndpointUnavailable,
        _ => WebSocketCloseStatus.NormalClosure,
    };
}
