using System.Net;
using System.Net.Sockets;
using Burqi.Hosting.Processes;

namespace Burqi.Hosting.Tests.Processes;

public class FreePortTests
{
    [Fact]
    public void Next_AskedTwice_NeverNamesTheSamePort()
    {
        var ports = Enumerable.Range(0, 200).Select(_ => FreePort.Next()).ToList();

        ports.ShouldBeUnique();
    }

    [Fact]
    public void Next_WithNobodyListeningYet_IsHeldAgainstOtherProcesses()
    {
        var port = FreePort.Next();
        using var another = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

        Should.Throw<SocketException>(() => another.Bind(new IPEndPoint(IPAddress.Loopback, port))).SocketErrorCode.ShouldBe(SocketError.AddressAlreadyInUse);
    }
}
