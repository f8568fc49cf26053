using Burqi.Media.Operations;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Burqi.Media.Tests.Operations;

public sealed class NodeAnnouncerTests
{
    [Fact]
    public async Task Node_SomeTimeAfterItsStart_TellsHowItStands()
    {
        await using var host = await MediaHost.StartAsync(settings: ("BURQI_MEDIA_NODE", "media-7"));

        var report = await Eventually.ReturnsAsync(() => Task.FromResult(host.Messages.Reports.FirstOrDefault()));

        report.Node.ShouldBe("media-7");
        report.ActiveStreams.ShouldBe(0);
        report.DiskTotalBytes.ShouldBeInRange(1, new DriveInfo(host.Folder).TotalSize);
        report.DiskFreeBytes.ShouldBeInRange(1, report.DiskTotalBytes - 1);
    }

    [Fact]
    public async Task Node_WithALiveStream_CountsIt()
    {
        await using var host = await MediaHost.StartAsync();
        await using var driver = await StreamDriver.StartAsync(host);
        var announcer = host.Services.GetServices<IHostedService>().OfType<NodeAnnouncer>().Single();
        await Eventually.BecomesTrueAsync(() => host.Manifests(driver.CallSid).Any());

        await announcer.ReportAsync(TestContext.Current.CancellationToken);

        host.Messages.Reports.ShouldContain(report => report.ActiveStreams == 1);
    }
}
