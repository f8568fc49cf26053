using Burqi.Load.Measuring;
using Burqi.Load.Servers;

namespace Burqi.Load.Tests.Measuring;

public sealed class LoadRunTests
{
    [Theory]
    [InlineData(nameof(ServerKind.Sink))]
    [InlineData(nameof(ServerKind.Media))]
    public async Task Run_AFewCalls_AreSentMeasuredAndWhole(string server)
    {
        var result = await LoadRun.MeasureAsync(Enum.Parse<ServerKind>(server), 4, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1));

        result.FramesSent.ShouldBeGreaterThan(0);
        result.Steady.Private.ShouldBeGreaterThan(0);
        result.WholeCpuSeconds.ShouldBeGreaterThan(0);
        result.IsWhole.ShouldBeTrue(Burqi.Load.Reporting.LoadReport.Describe(result));
        (result.Recorded is null).ShouldBe(server == nameof(ServerKind.Sink));
    }
}
