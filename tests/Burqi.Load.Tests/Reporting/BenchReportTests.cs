using Burqi.Load.Measuring;
using Burqi.Load.Reporting;
using Burqi.Load.Servers;

namespace Burqi.Load.Tests.Reporting;

public sealed class BenchReportTests
{
    [Fact]
    public void Table_Ratios_AreTakenWithinARepeatAndThenTheMedian()
    {
        var table = BenchReport.Table(new Dictionary<ServerKind, List<Measurement>>
        {
            [ServerKind.Sink] = [Run(1), Run(2), Run(10)],
            [ServerKind.Node] = [Run(2), Run(4), Run(40)],
            [ServerKind.Media] = [Run(1.2), Run(2.2), Run(15)],
        });

        var media = table.Split('\n').Single(line => line.Contains("Burqi", StringComparison.Ordinal)).Split('|', StringSplitOptions.TrimEntries);
        media[2].ShouldBe("220");
        media[3].ShouldBe("1.20");
        media[4].ShouldBe("0.55");
    }

    [Fact]
    public void Replace_BetweenMarkers_LeavesTheRest() =>
        BenchReport.Replace("a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb", "x", "new\n").ShouldBe("a\n<!-- x:begin -->\nnew\n<!-- x:end -->\nb");

    [Fact]
    public void Replace_WithoutMarkers_Refuses() => Should.Throw<InvalidDataException>(() => BenchReport.Replace("a", "x", "new"));

    private static Measurement Run(double cpuSeconds) => new()
    {
        Calls = 10,
        Window = TimeSpan.FromMinutes(1),
        Length = TimeSpan.FromMinutes(1),
        CpuSeconds = cpuSeconds,
        WholeCpuSeconds = cpuSeconds,
        Idle = default,
        Steady = default,
        FramesSent = 1,
        Refused = 0,
        WorstLatenessMs = 0,
    };
}
