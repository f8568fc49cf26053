using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Burqi.Media.Tests.Fixtures;

/// <summary>ACS's end of one media socket, message by message.</summary>
internal sealed class AcsDriver : IAsyncDisposable
{
    public static readonly DateTimeOffset Noon = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    private readonly ClientWebSocket _socket;
    private readonly Channel<string> _received = Channel.CreateUnbounded<string>();
    private readonly Task _reading;

    private AcsDriver(ClientWebSocket socket, string callId)
    {
        _socket = socket;
        CallId = callId;
        _reading = ReadAsync();
    }

    public string CallId { get; }

    /// <summary>What came from the server, in order; ends with the connection.</summary>
    public ChannelReader<string> Received => _received.Reader;

    public WebSocketCloseStatus? ClosedWith => _socket.CloseStatus;

    public static string NewCallId() => Guid.NewGuid().ToString();

    public static async Task<AcsDriver> ConnectAsync(
        MediaHost host, string? token, string? callId = null, string contextId = "0b1d", Dictionary<string, string>? headers = null, string query = "")
    {
        var socket = new ClientWebSocket();
        if (token is not null)
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        }

        if (callId is not null)
        {
            socket.Options.SetRequestHeader("x-ms-call-connection-id", callId);
        }

        foreach (var (name, value) in headers ?? [])
        {
            socket.Options.SetRequestHeader(name, value);
        }

        socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await socket.ConnectAsync(new UriBuilder(host.Address) { Scheme = "ws", Path = $"/acs/media/{contextId}", Query = query }.Uri, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            throw new UpgradeRefusedException((int)status);
        }

        return new AcsDriver(socket, callId ?? contextId);
    }

    /// <summary>Connects as ACS does and introduces the stream.</summary>
    public static async Task<AcsDriver> StartAsync(MediaHost host, AcsIssuer issuer, string? callId = null, int sampleRate = 16_000, string? subscriptionId = null)
    {
        var driver = await ConnectAsync(host, issuer.Token(), callId ?? NewCallId());
        await driver.SendMetadataAsync(sampleRate, subscriptionId);
        return driver;
    }

    public Task SendMetadataAsync(int sampleRate = 16_000, string? subscriptionId = null) => SendAsync(new JsonObject
    {
        ["kind"] = "AudioMetadata",
        ["audioMetadata"] = new JsonObject
        {
            ["subscriptionId"] = subscriptionId ?? Guid.NewGuid().ToString(),
            ["encoding"] = "PCM",
            ["sampleRate"] = sampleRate,
            ["channels"] = 1,
            ["length"] = 640,
        },
    }.ToJsonString());

    /// <summary>A message with audio; the time is written as ACS does, to the millisecond, unless it is given as text.</summary>
    public static string Frame(long offsetMs, ReadOnlySpan<short> samples, string? participant = null, bool silent = false, string? time = null)
    {
        var data = new JsonObject
        {
            ["timestamp"] = time ?? Time(offsetMs),
            ["data"] = Convert.ToBase64String(MemoryMarshal.AsBytes(samples)),
            ["silent"] = silent,
        };
        if (participant is not null)
        {
            data["participantRawID"] = participant;
        }

        // With the escapes that .NET's own writer makes: of plus signs, among others.
        return new JsonObject { ["kind"] = "AudioData", ["audioData"] = data }.ToJsonString();
    }

    public static string Time(long offsetMs) =>
        Noon.AddMilliseconds(offsetMs).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Audio in 20 ms frames.</summary>
    public async Task SendAsync(short[] samples, long fromMs = 0, string? participant = null, int sampleRate = 16_000)
    {
        var frame = sampleRate / 50;
        for (var offset = 0; offset < samples.Length; offset += frame)
        {
            await SendAsync(Frame(fromMs + offset * 1000L / sampleRate, samples.AsSpan(offset, Math.Min(frame, samples.Length - offset)), participant));
        }
    }

    public Task SendAsync(string message) => _socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);

    /// <summary>The end as ACS brings it about: it has no message for it.</summary>
    public async Task CloseAsync()
    {
        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        await WaitForCloseAsync();
    }

    public void Abort() => _socket.Abort();

    public Task WaitForCloseAsync() => _reading.WaitAsync(TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[1024];
        var message = new List<byte>();
        try
        {
            while ((await _socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)) is { MessageType: not WebSocketMessageType.Close } received)
            {
                message.AddRange(buffer.AsSpan(0, received.Count));
                if (received.EndOfMessage)
                {
                    _received.Writer.TryWrite(Encoding.UTF8.GetString([.. message]));
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
