using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Burqi.Simulator.Audio;
using Burqi.Simulator.Calls;
using Burqi.Simulator.Webhooks;

namespace Burqi.Simulator.Media;

/// <summary>
/// The connection of a media stream: opened with a signed upgrade, fed one frame of each track at every step of the call's clock, and
/// listened to. Nothing it meets ends the call; its owner is told once how it ended.
/// </summary>
internal sealed class MediaSocket : IAsyncDisposable
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(2);

    private readonly TwilioSimulatorOptions options;
    private readonly MediaFaults faults;
    private readonly Random random;
    private readonly string callSid;
    private readonly IReadOnlyList<KeyValuePair<string, string>> parameters;
    private readonly Action<MediaSocket, StreamEnding, string?> ended;
    private readonly ClientWebSocket socket = new();
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly CancellationTokenSource abandoned = new();
    private readonly Queue<SentFrame> held = new();
    private readonly Dictionary<string, long> chunks = new(StringComparer.Ordinal);
    private SentFrame? overtaken;
    private Task receiving = Task.CompletedTask;
    private long frame;
    private long holdUntil;
    private long sequenceNumber;
    private int over;

    public MediaSocket(
        TwilioSimulatorOptions options,
        SimulatedStream stream,
        string callSid,
        IReadOnlyList<KeyValuePair<string, string>> parameters,
        MediaFaults faults,
        Random random,
        Action<MediaSocket, StreamEnding, string?> ended)
    {
        this.options = options;
        this.faults = faults;
        this.random = random;
        this.callSid = callSid;
        this.parameters = parameters;
        this.ended = ended;
        Stream = stream;
    }

    public SimulatedStream Stream { get; }

    public PlaybackQueue Playback { get; } = new();

    public bool IsOpen => Volatile.Read(ref over) == 0;

    /// <summary>
    /// Opens the socket, calls <paramref name="opened"/> and greets; false, and the owner told why, when the receiver does not take it.
    /// </summary>
    public async Task<bool> OpenAsync(PublicRoutes routes, Action opened, CancellationToken cancellationToken)
    {
        var destination = routes.Resolve(Stream.Url);
        var signedUrl = Stream.Url.StartsWith("ws://", StringComparison.Ordinal) ? string.Concat("wss", Stream.Url.AsSpan(2)) : Stream.Url;
        socket.Options.SetRequestHeader("x-twilio-signature", TwilioSigner.SignUrl(options.AuthToken, signedUrl));
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
        socket.Options.CollectHttpResponseDetails = true;
        if (destination.PublicAuthority is not null)
        {
            socket.Options.SetRequestHeader("Host", destination.PublicAuthority);
            socket.Options.SetRequestHeader("X-Forwarded-Proto", destination.PublicScheme);
            socket.Options.SetRequestHeader("X-Forwarded-Host", destination.PublicAuthority);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, abandoned.Token);
        limit.CancelAfter(options.SocketTimeout);
        try
        {
            using var http = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, UseCookies = false, SslOptions = options.CreateTls() });
            await socket.ConnectAsync(destination.Address, http, limit.Token);
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            var status = (int)socket.HttpStatusCode;
            End(StreamEnding.Refused, status > 0 ? $"the upgrade was answered {status}" : $"no connection: {failure.Message}");
            return false;
        }

        opened();
        receiving = ReceiveAsync();
        return await SendAsync(MediaMessages.Connected())
            && await SendAsync(MediaMessages.Start(++sequenceNumber, options.AccountSid, callSid, Stream, parameters));
    }

    /// <summary>Sends the next 20 ms of the call, less what the faults keep back.</summary>
    public async Task SendFrameAsync(ReadOnlyMemory<byte> inbound, ReadOnlyMemory<byte> outbound)
    {
        if (!IsOpen)
        {
            return;
        }

        var at = frame * AudioFrame.Duration;
        if (faults.DiesAt is { } end && at >= end)
        {
            Kill();
            return;
        }

        foreach (var track in Stream.Tracks)
        {
            Queue(track, at, track == "inbound" ? inbound : outbound);
        }

        foreach (var stall in faults.Stalls.Where(s => at >= s.At && at < s.At + s.For))
        {
            holdUntil = Math.Max(holdUntil, AudioFrame.CountIn(stall.At + stall.For));
        }

        if (frame >= holdUntil)
        {
            await FlushAsync();
        }

        frame++;
        foreach (var mark in Playback.TakeReachedMarks())
        {
            await SendControlAsync(number => MediaMessages.Mark(number, Stream.StreamSid, mark));
            Stream.AddMarkReturned(mark);
        }
    }

    /// <summary>Tells a two-way stream of a key the caller pressed; a one-way stream never hears of it.</summary>
    public Task SendKeyAsync(char digit) =>
        Stream.TwoWay ? SendControlAsync(number => MediaMessages.Dtmf(number, Stream.StreamSid, digit)) : Task.CompletedTask;

    /// <summary>Ends the stream: what is held back, <c>stop</c>, and the close, unless the faults leave the connection open.</summary>
    public async Task StopAsync()
    {
        if (!IsOpen)
        {
            return;
        }

        await SendControlAsync(number => MediaMessages.Stop(number, options.AccountSid, callSid, Stream.StreamSid));
        if (!End(StreamEnding.Stopped, null) || faults.NeverCloses)
        {
            return;
        }

        await CloseAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await abandoned.CancelAsync();
        socket.Abort();
        await receiving;
        socket.Dispose();
        sending.Dispose();
        abandoned.Dispose();
    }

    private void Queue(string track, TimeSpan at, ReadOnlyMemory<byte> payload)
    {
        // Always the same number of draws a frame, so that one fault's rate does not move another's strokes.
        var (lost, duplicated, reordered, jittered) = (random.NextDouble(), random.NextDouble(), random.NextDouble(), random.NextDouble());
        var jitter = random.NextDouble();
        if (lost < faults.Lost || faults.Gaps.Any(g => (g.Track is null || g.Track == track) && at >= g.At && at < g.At + g.For))
        {
            return;
        }

        var counter = options.ChunkPerTrack ? track : "";
        var chunk = chunks[counter] = chunks.GetValueOrDefault(counter) + 1;
        var offset = track == "inbound" ? faults.InboundOffset : faults.OutboundOffset;
        var next = new SentFrame(track, (long)at.TotalMilliseconds + offset, chunk, ++sequenceNumber, payload);
        if (jittered < faults.Jittered)
        {
            holdUntil = Math.Max(holdUntil, frame + AudioFrame.CountIn(jitter * faults.JitterUpTo));
        }

        if (reordered < faults.Reordered && overtaken is null)
        {
            overtaken = next;
            return;
        }

        held.Enqueue(next);
        if (duplicated < faults.Duplicated)
        {
            held.Enqueue(next);
        }

        if (overtaken is not null)
        {
            held.Enqueue(overtaken);
            overtaken = null;
        }
    }

    private async Task FlushAsync()
    {
        while (held.TryDequeue(out var next))
        {
            if (!await SendAsync(MediaMessages.Media(Stream.StreamSid, next)))
            {
                return;
            }

            Stream.AddSent(next, options.KeepFrames);
        }
    }

    // Whatever was numbered before a control message leaves before it.
    private async Task SendControlAsync(Func<long, byte[]> message)
    {
        if (overtaken is not null)
        {
            held.Enqueue(overtaken);
            overtaken = null;
        }

        await FlushAsync();
        await SendAsync(message(++sequenceNumber));
    }

    private async Task<bool> SendAsync(byte[] message)
    {
        if (!IsOpen)
        {
            return false;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(abandoned.Token);
        limit.CancelAfter(options.SocketTimeout);
        try
        {
            await sending.WaitAsync(limit.Token);
            try
            {
                await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, limit.Token);
            }
            finally
            {
                sending.Release();
            }

            return true;
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            End(StreamEnding.Broken, failure is OperationCanceledException ? "the receiver takes nothing" : failure.Message);
            return false;
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[16 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer, abandoned.Token);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    var normal = socket.CloseStatus is WebSocketCloseStatus.NormalClosure or WebSocketCloseStatus.EndpointUnavailable;
                    if (IsOpen)
                    {
                        End(normal ? StreamEnding.ClosedByReceiver : StreamEnding.Broken, normal ? null : $"closed with {(int?)socket.CloseStatus}");
                        await CloseOutputAsync(WebSocketCloseStatus.NormalClosure);
                    }

                    return;
                }

                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                {
                    continue;
                }

                var text = Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length);
                message.SetLength(0);
                Stream.AddReceived(text);
                if (Take(part.MessageType, text) is { } fault)
                {
                    if (End(StreamEnding.ProtocolError, fault))
                    {
                        await CloseOutputAsync(WebSocketCloseStatus.ProtocolError);
                    }

                    return;
                }
            }
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            End(StreamEnding.Broken, failure.Message);
        }
    }

    /// <summary>Does what a message asks; returns what is wrong with it, or null.</summary>
    private string? Take(WebSocketMessageType type, string text)
    {
        if (!Stream.TwoWay)
        {
            return "a message came on a one-way stream";
        }

        if (type != WebSocketMessageType.Text)
        {
            return "a binary message came";
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            if (root.GetProperty("streamSid").GetString() != Stream.StreamSid)
            {
                return "a message came for another stream";
            }

            switch (root.GetProperty("event").GetString())
            {
                case "media":
                    Playback.Add(root.GetProperty("media").GetProperty("payload").GetBytesFromBase64());
                    return null;
                case "mark":
                    Playback.AddMark(root.GetProperty("mark").GetProperty("name").GetString() ?? throw new FormatException("a mark without a name"));
                    return null;
                case "clear":
                    Playback.Clear();
                    return null;
                case var other:
                    return $"a message '{other}' came";
            }
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return $"a message came that cannot be read: {fault.Message}";
        }
    }

    private void Kill()
    {
        End(StreamEnding.Died, "the connection was lost");
        socket.Abort();
    }

    private bool End(StreamEnding ending, string? detail)
    {
        if (Interlocked.Exchange(ref over, 1) != 0)
        {
            return false;
        }

        Stream.Ending = ending;
        ended(this, ending, detail);
        return true;
    }

    private async Task CloseAsync()
    {
        await CloseOutputAsync(WebSocketCloseStatus.NormalClosure);
        await Task.WhenAny(receiving, Task.Delay(CloseLimit, CancellationToken.None));
    }

    private async Task CloseOutputAsync(WebSocketCloseStatus status)
    {
        using var limit = new CancellationTokenSource(CloseLimit);
        try
        {
            await sending.WaitAsync(limit.Token);
            try
            {
                await socket.CloseOutputAsync(status, null, limit.Token);
            }
            finally
            {
                sending.Release();
            }
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // It is going away in any case; that it ended, and why, has been told.
            socket.Abort();
        }
    }
}
