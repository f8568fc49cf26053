using Burqi.Contracts.Recordings;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;

namespace Burqi.Media.Tests.Spool;

public sealed class FreeSpaceTests
{
    [Fact]
    public async Task Recording_OnADiskWithTooLittleRoom_IsAFailureAndTheStreamGoesOn()
    {
        await using var host = await MediaHost.StartAsync(settings: ("BURQI_MEDIA_MIN_FREE_MIB", "1000000000"));
        await using var driver = await StreamDriver.StartAsync(host);
        await driver.SendAsync(TestAudio.Noise(1, 1000), TestAudio.Noise(2, 1000));

        // Told while the stream goes on, which ends as any other does.
        await Eventually.BecomesTrueAsync(() => host.Messages.Of<RecordingFailed>(m => m.CallId == driver.CallSid).Length == 3);
        await driver.SendAsync(TestAudio.Noise(3, 1000), TestAudio.Noise(4, 1000), fromMs: 1000);
        await driver.StopAsync();

        driver.ClosedWith.ShouldBe(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure);
        host.Messages.Of<RecordingFailed>(m => m.CallId == driver.CallSid).ShouldAllBe(
            m => m.Reason == "The disk of the media node has too little room left for another recording.");
        Directory.GetDirectories(host.Folder).ShouldBeEmpty();
    }
}
