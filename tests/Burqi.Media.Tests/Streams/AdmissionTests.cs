using System.Net.WebSockets;
using Burqi.Media.Tests.Fixtures;
using Burqi.Testing;

namespace Burqi.Media.Tests.Streams;

public sealed class AdmissionTests
{
    [Fact]
    public async Task Stream_WithAnotherCallsToken_IsRefused()
    {
        await using var host = await MediaHost.StartAsync();
        await using var driver = await StartAsync(host, StreamDriver.NewToken(StreamDriver.NewSid("CA")));
        await driver.WaitForCloseAsync();

        driver.ClosedWith.ShouldBe(WebSocketCloseStatus.PolicyViolation);
        host.Manifests(driver.CallSid).ShouldBeEmpty();
    }

    [Fact]
    public async Task Stream_WithoutAToken_IsRefused()
    {
        await using var host = await MediaHost.StartAsync();
        await using var driver = await StartAsync(host, "");
        await driver.WaitForCloseAsync();

        driver.ClosedWith.ShouldBe(WebSocketCloseStatus.PolicyViolation);
    }

    [Fact]
    public async Task Stream_WithoutATokenWhereItMayLackOne_IsRecorded()
    {
        await using var host = await MediaHost.StartAsync(null, ("BURQI_STREAM_TOKENS", "optional"));
        await using var driver = await StartAsync(host, "");
        await driver.SendAsync(TestAudio.Noise(1, 100), []);
        await driver.StopAsync();

        (await host.AnnouncedAsync(driver.CallSid)).DurationMs.ShouldBe(100);
    }

    [Fact]
    public async Task Stream_WithAWrongTokenWhereItMayLackOne_IsRefused()
    {
        await using var host = await MediaHost.StartAsync(null, ("BURQI_STREAM_TOKENS", "optional"));
        await using var driver = await StartAsync(host, "1.2.3.4.5");
        await driver.WaitForCloseAsync();

        driver.ClosedWith.ShouldBe(WebSocketCloseStatus.PolicyViolation);
    }

    [Fact]
    public async Task Stream_WhereNothingIsVerified_NeedsNoToken()
    {
        await using var host = await MediaHost.StartAsync(null, ("environment", "Development"), ("BURQI_VERIFY_SIGNATURES", "false"));
        await using var driver = await StartAsync(host, "nonsense");
        await driver.SendAsync(TestAudio.Noise(1, 100), []);
        await driver.StopAsync();

        (await host.AnnouncedAsync(driver.CallSid)).DurationMs.ShouldBe(100);
    }

    [Fact]
    public async Task Stream_WithASecretOfItsOwn_IsCheckedByIt()
    {
        const string secret = "a secret of twenty-four!";
        await using var host = await MediaHost.StartAsync(null, ("BURQI_STREAM_SECRET", secret));
        var callSid = StreamDriver.NewSid("CA");
        await using var good = await StartAsync(host, StreamDriver.NewToken(callSid, secret: secret), callSid);
        await good.SendAsync(TestAudio.Noise(1, 100), []);
        await good.StopAsync();
        await using var bad = await StartAsync(host, StreamDriver.NewToken(callSid), callSid);
        await bad.WaitForCloseAsync();

        (await host.AnnouncedAsync(callSid)).DurationMs.ShouldBe(100);
        bad.ClosedWith.ShouldBe(WebSocketCloseStatus.PolicyViolation);
    }

    [Fact]
    public async Task Token_InUse_IsGoodForNoOtherStream()
    {
        await using var host = await MediaHost.StartAsync();
        var callSid = StreamDriver.NewSid("CA");
        var token = StreamDriver.NewToken(callSid);
        await using var first = await StartAsync(host, token, callSid);
        await first.SendAsync(TestAudio.Noise(1, 100), []);
        await Eventually.BecomesTrueAsync(() => host.Manifests(callSid).Any());

        await using var second = await StartAsync(host, token, callSid);
        await second.WaitForCloseAsync();
        second.ClosedWith.ShouldBe(WebSocketCloseStatus.PolicyViolation);

        await first.StopAsync();
        await using var third = await StartAsync(host, token, callSid);
        await third.SendAsync(TestAudio.Noise(1, 200), []);
        await third.StopAsync();
        (await host.AnnouncedAsync(callSid, third.StreamSid)).DurationMs.ShouldBe(200);
    }

    [Fact]
    public async Task Assistant_OfTheToken_CountsAndNotTheOneThatIsClaimed()
    {
        await using var host = await MediaHost.StartAsync();
        var callSid = StreamDriver.NewSid("CA");
        await using var driver = await StreamDriver.StartAsync(
            host, callSid, parameters: new(StringComparer.Ordinal) { ["token"] = StreamDriver.NewToken(callSid, "real"), ["assistant_id"] = "claimed" });
        await driver.SendAsync(TestAudio.Noise(1, 100), []);
        await driver.StopAsync();

        (await host.AnnouncedAsync(callSid)).AssistantId.ShouldBe("real");
    }

    private static Task<StreamDriver> StartAsync(MediaHost host, string token, string? callSid = null) =>
        StreamDriver.StartAsync(host, callSid, parameters: new(StringComparer.Ordinal) { ["token"] = token });
}
