using System.Runtime.InteropServices;
using Burqi.Contracts.Recordings;
using Burqi.Media.Tests.Fixtures;

namespace Burqi.Media.Tests.Acs;

public sealed class AcsTwoWayTests
{
    private const int Rate = 16_000;

    [Fact]
    public async Task Stream_OfAnAssistantWithAnAgent_IsRelayedAndRecordedAsTheCallerHeardIt()
    {
        var time = new ManualTime();
        await using var issuer = await AcsIssuer.StartAsync();
        await using var agent = await VoiceAgent.StartAsync();
        await using var host = await MediaHost.StartAsync(time, settings: [.. issuer.Settings, ("BURQI_MEDIA_RECONNECT_SECONDS", "0")]);
        host.Know("front-desk", agent.Url, assistant => assistant with { SampleRate = Rate });
        await using var driver = await AcsDriver.ConnectAsync(host, issuer.Token(), AcsDriver.NewCallId(), query: "?assistant_id=front-desk");
        await driver.SendMetadataAsync();
        var call = await agent.NextCallAsync();
        call.Headers["X-Burqi-Call-Id"].ShouldBe(driver.CallId);
        (await call.ReceiveAsync())!.Text.ShouldContain("AudioMetadata");

        // Two seconds; the agent speaks from the first one on and stops itself half a second later.
        var caller = Speech(1, 2 * Rate);
        var speech = Speech(2, 3 * Rate);
        var audio = $$$"""{"kind":"AudioData","audioData":{"data":"{{{Convert.ToBase64String(MemoryMarshal.AsBytes(speech.AsSpan()))}}}"},"stopAudio":null}""";
        const string stop = """{"Kind":"StopAudio","AudioData":null,"StopAudio":{}}""";
        for (var frame = 0; frame < 100; frame++)
        {
            time.MoveTo(frame * 20);
            if (frame is 50 or 75)
            {
                var message = frame == 50 ? audio : stop;
                await call.SendAsync(message);
                (await driver.Received.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(message);
            }

            var sent = AcsDriver.Frame(frame * 20, caller.AsSpan(frame * 320, 320));
            await driver.SendAsync(sent);
            (await call.ReceiveAsync())!.Text.ShouldBe(sent);
        }

        await Task.WhenAll(driver.CloseAsync(), call.ReceiveAllAsync());
        var manifest = await host.AnnouncedAsync(driver.CallId);
        manifest.TwoWay.ShouldBeTrue();
        manifest.Tracks.Select(track => track.Name).ShouldBe([RecordingTypes.User, RecordingTypes.Assistant]);
        host.Read(manifest, RecordingTypes.User).Samples.ShouldSound(caller);
        var heard = host.Read(manifest, RecordingTypes.Assistant).Samples;
        var begin = heard.AsSpan().IndexOf(speech.AsSpan(0, 400));
        ((double)begin).ShouldBe(Rate, Rate / 50);
        ((double)heard.AsSpan(begin).CommonPrefixLength(speech)).ShouldBe(Rate / 2, Rate / 50);
        heard.AsSpan(begin + heard.AsSpan(begin).CommonPrefixLength(speech)).IndexOfAnyExcept((short)0).ShouldBe(-1);
    }

    private static short[] Speech(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (short)random.Next(1, short.MaxValue))];
    }
}
