using Burqi.Load.Measuring;

namespace Burqi.Load.Tests.Measuring;

public sealed class ProcessGaugeTests
{
    [Fact]
    public void ParseCpu_NameWithSpacesAndParentheses_AddsUserAndSystemTime() =>
        ProcessGauge.ParseCpu("42 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 250 50 13 14").ShouldBe(3.0);

    [Fact]
    public void ParseMemory_Status_TellsResidentAndPrivate() =>
        ProcessGauge.ParseMemory("Name:\tx\nVmRSS:\t  2048 kB\nRssAnon:\t  1024 kB\nRssFile:\t 1 kB\n").ShouldBe(new MemoryUse(2048, 1024));

    [Fact]
    public void Gauges_OfThisProcess_ShowWhatItUses()
    {
        ProcessGauge.CpuSeconds(Environment.ProcessId).ShouldBeGreaterThan(0);
        ProcessGauge.Memory(Environment.ProcessId).Resident.ShouldBeGreaterThan(1000);
    }
}
