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
}
