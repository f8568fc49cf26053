using System.Globalization;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Burqi.Simulator.Acs;

/// <summary>
/// ACS's end of a media stream: the upgrade with its token, <c>AudioMetadata</c>, then 20 ms of 16-bit PCM a message, stamped with the time of
/// day. Mixed streams name no participant. It is as fast as the receiver takes it: the stamps tell the time.
/// </summary>
public sealed class AcsMediaStream : IDisposable
{
    private const int FrameMs = 20;

    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    private readonly ClientWebSocket socket = new();
    private readonly int sampleRate;

    private AcsMediaStream(int sampleRate) => this.sampleRate = sampleRate;

    /// <summary>Samples in a frame of one participant.</summary>
    public int FrameSamples => sampleRate * FrameMs / 1000;

    /// <summary>Opens the socket and introduces the stream.</summary>
    /// <param name="address">The transport URL that the stream was started with.</param>
    /// <param name="token">The bearer token; null: none.</param>
    /// <param name="callConnectionId">What ACS says in <c>x-ms-call-connection-id</c>.</param>
    /// <param name="sampleRate">16,000 or 24,000.</param>
    /// <exception cref="WebSocketException">The receiver does not take it.</exception>
    public static async Task<AcsMediaStream> OpenAsync(Uri address, string? token, string callConnectionId, int sampleRate = 16_000)
    {
        var stream = new AcsMediaStream(sampleRate);
        try
        {
            if (token is not null)
            {
                stream.socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
            }

            stream.socket.Options.SetRequestHeader("x-ms-call-connection-id", callConnectionId);
            stream.socket.Options.SetRequestHeader("x-ms-call-correlation-id", Guid.NewGuid().ToString());
            await stream.socket.ConnectAsync(address, CancellationToken.None);
            await stream.SendAsync(new
            {
                kind = "AudioMetadata",
                audioMetadata = new { subscriptionId = Guid.NewGuid().ToString(), encoding = "PCM", sampleRate, channels = 1, length = stream.FrameSamples * sizeof(short) },
            });
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Sends one message of audio.</summary>
    /// <param name="at">When it was received by ACS.</param>
    /// <param name="samples">16-bit samples at the stream's rate.</param>
    /// <param name="participantRawId">Whose audio it is; null on a mixed stream.</param>
    public Task SendAudioAsync(DateTimeOffset at, ReadOnlyMemory<short> samples, string? participantRawId = null)
    {
        var timestamp = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var data = Convert.ToBase64String(MemoryMarshal.AsBytes(samples.Span));
        var silent = !samples.Span.ContainsAnyExcept((short)0);
        return participantRawId is null
            ? SendAsync(new { kind = "AudioData", audioData = new { timestamp, data, silent } })
            : SendAsync(new { kind = "AudioData", audioData = new { timestamp, data, silent, participantRawID = participantRawId } });
    }

    /// <summary>Sends a whole conversation: the parties' frames of each 20 ms one after the other, stamped from <paramref name="begin"/> on.</summary>
    /// <param name="begin">The time of the first frame.</param>
    /// <param name="parties">Each participant's raw id and all its samples; whole frames.</param>
    public async Task SendConversationAsync(DateTimeOffset begin, params (string? RawId, short[] Samples)[] parties)
    {
        var frames = parties.Max(party => party.Samples.Length) / FrameSamples;
        for (var frame = 0; frame < frames; frame++)
        {
            foreach (var (rawId, samples) in parties.Where(party => party.Samples.Length >= (frame + 1) * FrameSamples))
            {
                await SendAudioAsync(begin.AddMilliseconds(frame * FrameMs), samples.AsMemory(frame * FrameSamples, FrameSamples), rawId);
            }
        }
    }

    /// <summary>Ends the stream as ACS does: it closes the socket.</summary>
    public async Task CloseAsync()
    {
        using var limit = new CancellationTokenSource(CloseLimit);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private Task SendAsync<T>(T message) =>
        socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
}
