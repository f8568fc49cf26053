using System.Diagnostics;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Burqi.Contracts;
using Burqi.Streams;

namespace Burqi.Media.Tests.Fixtures;

/// <summary>Twilio's end of one media socket, message by message, so that a test can send what an honest provider would not.</summary>
internal sealed class StreamDriver : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly Channel<ReceivedMessage> _received = Channel.CreateUnbounded<ReceivedMessage>();
    private readonly Task _reading;
    private long _sequence;

    private StreamDriver(ClientWebSocket socket, string callSid, string streamSid)
    {
        _socket = socket;
        CallSid = callSid;
        StreamSid = streamSid;
        _reading = ReadAsync();
    }

    public string CallSid { get; }

    public string StreamSid { get; }

    public WebSocketCloseStatus? ClosedWith => _socket.CloseStatus;

    public string? ClosedBecause => _socket.CloseStatusDescription;

    /// <summary>What came from the server, in order; ends with the connection.</summary>
    public ChannelReader<ReceivedMessage> Received => _received.Reader;

    public static string NewSid(string prefix) => prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public static string Sign(string url, string token = MediaHost.AuthToken)
    {
#pragma warning disable CA5350 // Twilio's scheme.
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(url)));
#pragma warning restore CA5350
    }

    /// <summary>What ingress would have given the call.</summary>
    public static string NewToken(string callSid, string? assistantId = null, string secret = MediaHost.AuthToken) =>
        StreamToken.Create(StreamToken.DeriveKey(null, secret)!, Providers.Twilio, callSid, assistantId, DateTimeOffset.UtcNow + StreamToken.Lifetime);

    public static Task<StreamDriver> ConnectAsync(MediaHost host, string? callSid = null, string? streamSid = null, string path = "/twilio/media-stream") =>
        ConnectAsync(host.Address, Sign("wss://burqi.example.com" + path), callSid, streamSid, path);

    public static async Task<StreamDriver> ConnectAsync(
        Uri address, string? signature, string? callSid = null, string? streamSid = null, string path = "/twilio/media-stream")
    {
        var socket = new ClientWebSocket();
        if (signature is not null)
        {
            socket.Options.SetRequestHeader("X-Twilio-Signature", signature);
        }

        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = path }.Uri, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            throw new UpgradeRefusedException((int)status);
        }

        return new StreamDriver(socket, callSid ?? NewSid("CA"), streamSid ?? NewSid("MZ"));
    }

    /// <summary>Connects, introduces itself as Twilio does, and starts both tracks.</summary>
    public static async Task<StreamDriver> StartAsync(
        MediaHost host,
        string? callSid = null,
        string? streamSid = null,
        string[]? tracks = null,
        Dictionary<string, string>? parameters = null,
        string path = "/twilio/media-stream")
    {
        var driver = await ConnectAsync(host, callSid, streamSid, path);
        await driver.SendConnectedAsync();
        await driver.SendStartAsync(tracks: tracks, parameters: parameters);
        return driver;
    }

    public Task SendConnectedAsync() => SendAsync("""{"event":"connected","protocol":"Call","version":"1.0.0"}""");

    /// <summary>A two-way stream of an assistant's call.</summary>
    public static Task<StreamDriver> StartTwoWayAsync(MediaHost host, string? assistantId = null) => StartAsync(
        host,
        tracks: ["inbound"],
        parameters: assistantId is null ? null : new(StringComparer.Ordinal) { ["assistant_id"] = assistantId },
        path: "/streams");

    /// <summary>Introduces the stream. Where no token is given it is that of the call, and its assistant's; an empty one is left out.</summary>
    public Task SendStartAsync(string accountSid = MediaHost.AccountSid, string[]? tracks = null, Dictionary<string, string>? parameters = null) => SendAsync(new JsonObject
    {
        ["event"] = "start",
        ["sequenceNumber"] = NextSequence(),
        ["start"] = new JsonObject
        {
            ["accountSid"] = accountSid,
            ["streamSid"] = StreamSid,
            ["callSid"] = CallSid,
            ["tracks"] = new JsonArray([.. (tracks ?? ["inbound", "outbound"]).Select(track => JsonValue.Create(track))]),
            ["mediaFormat"] = new JsonObject { ["encoding"] = "audio/x-mulaw", ["sampleRate"] = 8000, ["channels"] = 1 },
            ["customParameters"] = new JsonObject([.. Parameters(parameters).Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))]),
        },
        ["streamSid"] = StreamSid,
    }.ToJsonString());

    /// <summary>A frame as it would be sent next; its number is taken now, so frames can be sent in another order.</summary>
    public string Frame(string track, long timestampMs, byte[] payload, long? sequence = null) => new JsonObject
    {
        ["event"] = "media",
        ["sequenceNumber"] = sequence?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? NextSequence(),
        ["media"] = new JsonObject
        {
            ["track"] = track,
            ["chunk"] = "1",
            ["timestamp"] = timestampMs.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["payload"] = Convert.ToBase64String(payload),
        },
        ["streamSid"] = StreamSid,
    }.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public Task SendFrameAsync(string track, long timestampMs, byte[] payload) => SendAsync(Frame(track, timestampMs, payload));

    /// <summary>The number of the message sent next.</summary>
    public string NextSequence() => (++_sequence).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Both tracks in 20 ms frames, in step.</summary>
    public async Task SendAsync(byte[] user, byte[] assistant, long fromMs = 0)
    {
        for (var offset = 0; offset < Math.Max(user.Length, assistant.Length); offset += 160)
        {
            if (offset < user.Length)
            {
                await SendFrameAsync("inbound", fromMs + offset / 8, user[offset..Math.Min(offset + 160, user.Length)]);
            }

            if (offset < assistant.Length)
            {
                await SendFrameAsync("outbound", fromMs + offset / 8, assistant[offset..Math.Min(offset + 160, assistant.Length)]);
            }
        }
    }

    public Task SendAsync(string message) => SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text);

    public Task SendAsync(byte[] message, WebSocketMessageType type) => _socket.SendAsync(message, type, endOfMessage: true, CancellationToken.None);

    public async Task StopAsync()
    {
        await SendAsync(new JsonObject
        {
            ["event"] = "stop",
            ["sequenceNumber"] = NextSequence(),
            ["stop"] = new JsonObject { ["accountSid"] = MediaHost.AccountSid, ["callSid"] = CallSid },
            ["streamSid"] = StreamSid,
        }.ToJsonString());
        await WaitForCloseAsync();
    }

    /// <summary>Closes without the stop message.</summary>
    public async Task CloseAsync(WebSocketCloseStatus status = WebSocketCloseStatus.NormalClosure, string? reason = null)
    {
        await _socket.CloseOutputAsync(status, reason, CancellationToken.None);
        await WaitForCloseAsync();
    }

    /// <summary>Breaks the connection.</summary>
    public void Abort() => _socket.Abort();

    /// <summary>Waits for the server's close, or for the end of the connection.</summary>
    public Task WaitForCloseAsync() => _reading.WaitAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
    }

    private Dictionary<string, string> Parameters(Dictionary<string, string>? given)
    {
        var parameters = new Dictionary<string, string>(given ?? [], StringComparer.Ordinal);
        if (!parameters.TryGetValue("token", out var token))
        {
            parameters["token"] = NewToken(CallSid, parameters.GetValueOrDefault("assistant_id"));
        }
        else if (token.Length == 0)
        {
            parameters.Remove("token");
        }

        return parameters;
    }

    /// <summary>Reads all the time, as every WebSocket peer must: pings are answered meanwhile.</summary>
    private async Task ReadAsync()
    {
        var buffer = new byte[1024];
        try
        {
            var message = new List<byte>();
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                message.AddRange(buffer.AsSpan(0, received.Count));
                if (received.EndOfMessage)
                {
                    _received.Writer.TryWrite(new ReceivedMessage(received.MessageType, [.. message], Stopwatch.GetTimestamp()));
                    message.Clear();
                }
            }

            await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch (Exception broken) when (broken is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The end of the connection is an end as well.
        }
        finally
        {
            _received.Writer.TryComplete();
        }
    }
}

/// <summary>A message as it came, and when.</summary>
internal sealed record ReceivedMessage(WebSocketMessageType Type, byte[] Bytes, long Timestamp)
{
    public string Text => Encoding.UTF8.GetString(Bytes);
}

internal sealed class UpgradeRefusedException(int status) : Exception($"The upgrade was answered {status}.")
{
    public int Status { get; } = status;
}
