using System.Net.WebSockets;
using Burqi.Contracts.Recordings;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Burqi.Media.Tests.Streams;

public sealed class DrainTests
{
    [Fact]
    public async Task Stop_WithALiveStream_FinishesAndAnnouncesItFirst()
    {
        await using var host = await MediaHost.StartAsync(settings: ("BURQI_MEDIA_DRAIN_SECONDS", "1"));
        var user = TestAudio.Noise(1, 1000);
        await using var driver = await StreamDriver.StartAsync(host);
        await driver.SendAsync(user, []);
        var stopped = new TaskCompletionSource();
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        lifetime.ApplicationStopped.Register(() => stopped.TrySetResult());

        lifetime.StopApplication();
        await driver.WaitForCloseAsync();

        driver.ClosedWith.ShouldBe(WebSocketCloseStatus.EndpointUnavailable);
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));
        var manifest = host.Manifests(driver.CallSid).Single();
        manifest.Ending.ShouldBe("draining");
        manifest.State.ShouldBe("announced");
        host.Tracks(manifest).User.ShouldSound(Vectors.Decode(user));
        host.Messages.Of<RecordingCaptured>().Length.ShouldBe(3);
    }

    [Fact]
    public async Task Stop_WithAStreamThatEndsInTime_LetsItEnd()
    {
        await using var host = await MediaHost.StartAsync(settings: ("BURQI_MEDIA_DRAIN_SECONDS", "15"));
        var user = TestAudio.Noise(1, 1000);
        await using var driver = await StreamDriver.StartAsync(host);
        await driver.SendAsync(user[..4000], []);
        await Eventually.BecomesTrueAsync(() => host.Manifests(driver.CallSid).Any());

        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await Should.ThrowAsync<UpgradeRefusedException>(() => StreamDriver.ConnectAsync(host));
        await driver.SendAsync(user[4000..], [], fromMs: 500);
        await driver.StopAsync();

        var manifest = await host.AnnouncedAsync(driver.CallSid);
        manifest.Ending.ShouldBe("stop");
        host.Tracks(manifest).User.ShouldSound(Vectors.Decode(user));
    }
}
