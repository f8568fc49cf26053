using System.Net;
using System.Net.Sockets;

namespace Burqi.Archiver.Tests.Support;

/// <summary>Stands between a client and a server, and breaks connections off (RST) once they have carried so much.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopped = new();
    private readonly IPEndPoint _server;
    private readonly Task _accepting;
    private int _requestCuts;
    private int _freezes;
    private bool _gently;
    private int _answerCuts;
    private long _cutAfter;
    private int _made;

    public CuttingProxy(Uri server)
    {
        _server = new IPEndPoint(IPAddress.Parse(server.Host), server.Port);
        _listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        _accepting = AcceptAsync();
    }

    public string Address { get; }

    /// <summary>How many connections were broken off.</summary>
    public int Made => Volatile.Read(ref _made);

    /// <summary>Breaks the next connections off that send so many bytes.</summary>
    public void CutRequests(int times, long afterBytes) => (_cutAfter, _requestCuts) = (afterBytes, times);

    /// <summary>Breaks the next connections off over which so many bytes are answered.</summary>
    /// <param name="times">How many connections.</param>
    /// <param name="afterBytes">After how many bytes.</param>
    /// <param name="reset">Whether by a reset, which takes with it what was not read yet.</param>
    public void CutAnswers(int times, long afterBytes, bool reset = true) => (_cutAfter, _answerCuts, _gently) = (afterBytes, times, !reset);

    /// <summary>Lets the next connections stand still, open, over which so many bytes are answered.</summary>
    public void FreezeAnswers(int times, long afterBytes) => (_cutAfter, _freezes) = (afterBytes, times);

    public async ValueTask DisposeAsync()
    {
        await _stopped.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stopped.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ForwardAsync(await _listener.AcceptTcpClientAsync(_stopped.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(_server, _stopped.Token);
                await Task.WhenAny(
                    CopyAsync(client, server, () => Interlocked.Decrement(ref _requestCuts) >= 0),
                    CopyAsync(server, client, () => Interlocked.Decrement(ref _answerCuts) >= 0, answers: true));
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // The other side is gone, or the test is over.
            }
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, Func<bool> takeCut, bool answers = false)
    {
        var buffer = new byte[64 * 1024];
        var (carried, asked) = (0L, false);
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _stopped.Token) is var read and > 0)
            {
                carried += read;
                if (!asked && _cutAfter > 0 && carried > _cutAfter)
                {
                    asked = true;
                    if (answers && Interlocked.Decrement(ref _freezes) >= 0)
                    {
                        await Task.Delay(Timeout.Infinite, _stopped.Token);
                    }

                    if (takeCut())
                    {
                        Interlocked.Increment(ref _made);
                        if (!_gently)
                        {
                            (from.LingerState, to.LingerState) = (new LingerOption(true, 0), new LingerOption(true, 0));
                        }

                        return;
                    }
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stopped.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is gone.
        }
    }
}
