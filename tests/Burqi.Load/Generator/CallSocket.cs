using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Burqi.Load.Generator;

/// <summary>One call's connection: a plain socket, since a WebSocket client would cost more than the server it is to measure.</summary>
internal sealed class CallSocket : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly FrameWriter writer;
    private readonly int tracks;
    private readonly byte[] buffer;

    // Bytes a full socket did not take: they go first the next time.
    private int pendingStart;
    private int pendingEnd;

    public CallSocket(int number, string run, int tracks = 2, int framesPerWrite = 1)
    {
        Number = number;
        this.tracks = tracks;
        writer = new FrameWriter(number, run, tracks);

        // Room for what a stalled server leaves behind for a while.
        buffer = new byte[FrameWriter.MaxMediaBytes * tracks * Math.Max(16, framesPerWrite)];
    }

    public int Number { get; }

    public string CallSid => writer.CallSid;

    public string StreamSid => writer.StreamSid;

    /// <summary>When each message was handed to the kernel, by its number; null where nobody asks.</summary>
    public long[]? SentAt { get; init; }

    /// <summary>Steps of 20 ms sent so far, on every track.</summary>
    public long Frames { get; private set; }

    public long FramesSent => tracks * Frames;

    /// <summary>The beginning of the ids of a run's calls, which no other run has.</summary>
    public static string NewRun() => Guid.NewGuid().ToString("N")[..24];

    public async Task OpenAsync(Uri address, string parameters = "")
    {
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port));
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET {address.PathAndQuery} HTTP/1.1\r\nHost: {address.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        var answer = new byte[1024];
        var length = 0;
        while (!answer.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            var received = await socket.ReceiveAsync(answer.AsMemory(length));
            if (received == 0)
            {
                throw new IOException("The server closed the connection instead of upgrading it.");
            }

            length += received;
        }

        if (!answer.AsSpan().StartsWith("HTTP/1.1 101"u8))
        {
            throw new IOException($"The upgrade was answered: {Encoding.ASCII.GetString(answer, 0, length).Split('\r')[0]}");
        }

        await socket.SendAsync(writer.Greeting(parameters));
    }

    /// <summary>Lets the socket take what it can without waiting.</summary>
    public void DoNotWait() => socket.Blocking = false;

    /// <summary>Sends the call's next steps of 20 ms, each a message of either track, in one write. False when the server takes no more.</summary>
    public bool Send(int steps = 1)
    {
        if (!SendPending())
        {
            return false;
        }

        for (var i = 0; i < steps; i++, Frames++)
        {
            for (var track = 0; track < tracks; track++)
            {
                pendingEnd += writer.WriteMedia(buffer.AsSpan(pendingEnd), track, Frames);
                if (SentAt is { } sentAt && writer.Sequence < sentAt.Length)
                {
                    sentAt[writer.Sequence] = Stopwatch.GetTimestamp();
                }
            }
        }

        SendPending();
        return true;
    }

    /// <summary>Says that the call is over.</summary>
    public void Finish()
    {
        socket.Blocking = true;
        SendPending();
        socket.Send(writer.Farewell());
    }

    /// <summary>Done when the server has ended the connection too.</summary>
    public async Task WhenClosedAsync()
    {
        var rest = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(rest) > 0)
            {
                // Pings, and the answer to our close.
            }
        }
        catch (SocketException)
        {
            // Gone is gone.
        }
    }

    public void Dispose() => socket.Dispose();

    private bool SendPending()
    {
        while (pendingStart < pendingEnd)
        {
            var sent = socket.Send(buffer.AsSpan(pendingStart, pendingEnd - pendingStart), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return false;
            }

            if (error != SocketError.Success)
            {
                throw new SocketException((int)error);
            }

            pendingStart += sent;
        }

        pendingStart = pendingEnd = 0;
        return true;
    }
}
