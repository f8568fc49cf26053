using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Burqi.Hosting.Processes;

/// <summary>
/// Finds a TCP port nobody listens on. Taken from below the range the kernel gives to outgoing connections (32768 up): a client of a
/// server that is restarting could otherwise be given the server's own port. Never the same port twice, and each process begins at a
/// place of its own. Between the look and the server's start, and while it restarts, nobody listens: what says to another process that
/// the port is taken is UDP's port of the same number, which this one holds until it ends.
/// </summary>
public static class FreePort
{
    private const int First = 20000;
    private const int End = 32000;
    private const int PerProcess = 64;

    private static readonly ConcurrentBag<Socket> Held = [];

    private static uint next = unchecked((uint)Environment.ProcessId * PerProcess);

    /// <summary>A port of 127.0.0.1 that was free a moment ago.</summary>
    /// <exception cref="InvalidOperationException">None is free.</exception>
    public static int Next()
    {
        for (var tried = 0; tried < End - First; tried++)
        {
            var port = First + (int)(Interlocked.Increment(ref next) % (End - First));
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            var hold = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                hold.Bind(new IPEndPoint(IPAddress.Loopback, port));
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                Held.Add(hold);
                return port;
            }
            catch (SocketException failure) when (failure.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // Taken: the next one decides.
                hold.Dispose();
            }
        }

        throw new InvalidOperationException($"Every port of 127.0.0.1 from {First} to {End - 1} is in use.");
    }
}
