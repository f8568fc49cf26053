using Burqi.Contracts.Recordings;
using Burqi.Media.Audio;
using Burqi.Media.Spool;
using Burqi.Media.Tests.Fixtures;

namespace Burqi.Media.Tests.Playback;

/// <summary>Calls through the sockets and into the files, beside what a provider played.</summary>
public sealed class HeardByTheCallerTests : IAsyncLifetime
{
    private const int Second = 8000;
    private const int Tolerance = 20 * 8;

    private readonly ManualTime _time = new();
    private MediaHost _host = null!;
    private VoiceAgent _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _agent = await VoiceAgent.StartAsync();
        _host = await MediaHost.StartAsync(_time);
        _host.Know("front-desk", _agent.Url);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _agent.DisposeAsync();
    }

    /// <summary>
    /// Ten seconds of speech sent within 300 ms, interrupted after four, and another answer. A provider that sends frames when they end lags half
    /// a frame more than one can know before its first mark has come back.
    /// </summary>
    [Theory]
    [InlineData(0, 0, 20)]
    [InlineData(20, 0, 30)]
    [InlineData(0, 15, 20)]
    public async Task Assistant_InterruptedAndAnsweringAgain_IsRecordedAsTheCallerHeardIt(int sendsLateMs, int jitterMs, int toleranceMs)
    {
        var caller = Speech(1, 8 * Second);
        var story = Speech(2, 10 * Second);
        var answer = Speech(3, 3 * Second / 2);
        await using var driver = await StreamDriver.StartTwoWayAsync(_host, "front-desk");
        var call = await _agent.NextCallAsync();
        await call.ReceiveAsync();
        await call.ReceiveAsync();

        var provider = new PlayingProvider(driver, call, _time, sendsLateMs, jitterMs);
        List<(int Ms, Func<Task> Act)> agent = [];
        for (var i = 0; i < 32; i++)
        {
            var piece = story[(i * story.Length / 32)..((i + 1) * story.Length / 32)];
            agent.Add((503 + i * 9, () => call.SendMediaAsync(driver.StreamSid, piece)));
            agent.Add((503 + i * 9, () => call.SendMarkAsync(driver.StreamSid, "part")));
        }

        agent.Add((4507, () => call.SendClearAsync(driver.StreamSid)));
        agent.Add((5013, () => call.SendMediaAsync(driver.StreamSid, answer)));
        agent.Add((5013, () => call.SendMarkAsync(driver.StreamSid, "part")));
        await provider.RunAsync(caller, [.. agent]);
        await Task.WhenAll(driver.StopAsync(), call.ReceiveAllAsync());

        var (user, assistant, mixed) = Tracks(await _host.AnnouncedAsync(driver.CallSid));
        var truth = Linear(provider.Played);
        ShouldBeHeardAlike(assistant, truth, Linear(story), toleranceMs * 8);
        ShouldBeHeardAlike(assistant, truth, Linear(answer));
        Length(assistant, Linear(story)).ShouldBe(4 * Second, 2 * Tolerance);
        Length(assistant, Linear(answer)).ShouldBe(answer.Length);
        user.ShouldSound(Linear(caller));
        mixed.ShouldSound(TestAudio.Mix(user, assistant));
    }

    [Fact]
    public async Task Assistant_GreetingAtOnceAndAgainWhileItSpeaks_IsRecordedAsTheCallerHeardIt()
    {
        var greeting = Speech(1, Second);
        var more = Speech(2, Second);
        await using var driver = await StreamDriver.StartTwoWayAsync(_host, "front-desk");
        var call = await _agent.NextCallAsync();
        await call.ReceiveAsync();
        await call.ReceiveAsync();

        var provider = new PlayingProvider(driver, call, _time, 0, 0);
        await provider.RunAsync(
            Speech(3, 4 * Second),
            (0, () => call.SendMediaAsync(driver.StreamSid, greeting)),
            (700, () => call.SendMediaAsync(driver.StreamSid, more)));
        await Task.WhenAll(driver.StopAsync(), call.ReceiveAllAsync());

        var (_, assistant, _) = Tracks(await _host.AnnouncedAsync(driver.CallSid));
        var truth = Linear(provider.Played);
        ShouldBeHeardAlike(assistant, truth, Linear([.. greeting, .. more]));
        Length(assistant, Linear([.. greeting, .. more])).ShouldBe(2 * Second);
    }

    [Fact]
    public async Task Assistant_StillSpeakingWhenTheCallEnds_IsRecordedAsFarAsItWasHeard()
    {
        var speech = Speech(1, 10 * Second);
        await using var driver = await StreamDriver.StartTwoWayAsync(_host, "front-desk");
        var call = await _agent.NextCallAsync();
        await call.ReceiveAsync();
        await call.ReceiveAsync();

        var provider = new PlayingProvider(driver, call, _time, 0, 0);
        await provider.RunAsync(Speech(2, 2 * Second), (500, () => call.SendMediaAsync(driver.StreamSid, speech)));
        await Task.WhenAll(driver.StopAsync(), call.ReceiveAllAsync());

        var (_, assistant, _) = Tracks(await _host.AnnouncedAsync(driver.CallSid));
        ShouldBeHeardAlike(assistant, Linear(provider.Played), Linear(speech));
        ((double)assistant.Length).ShouldBe(2 * Second, Tolerance + 1);
    }

    [Fact]
    public async Task Assistant_OfACallWhoseConnectionBreaks_IsConnectedAgainAndGoesOnInTheSameRecording()
    {
        var before = Speech(1, Second);
        var after = Speech(2, Second);
        await using var host = await MediaHost.StartAsync(_time, settings: [("BURQI_MEDIA_RECONNECT_SECONDS", "30")]);
        host.Know("front-desk", _agent.Url);
        await using var first = await StreamDriver.StartTwoWayAsync(host, "front-desk");
        var call = await _agent.NextCallAsync();
        await call.ReceiveAsync();
        await call.ReceiveAsync();
        await new PlayingProvider(first, call, _time, 0, 0).RunAsync(Speech(3, 2 * Second), (500, () => call.SendMediaAsync(first.StreamSid, before)));
        first.Abort();
        await call.ReceiveAllAsync();

        // Half a second later, on a clock of its own.
        _time.MoveTo(_time.Ms + 520);
        var resumed = (int)_time.Ms * 8;
        await using var second = await StreamDriver.ConnectAsync(host, first.CallSid, path: "/streams");
        await second.SendConnectedAsync();
        await second.SendStartAsync(tracks: ["inbound"], parameters: new(StringComparer.Ordinal) { ["assistant_id"] = "front-desk" });
        var again = await _agent.NextCallAsync();
        again.Headers["X-Burqi-Call-Id"].ShouldBe(first.CallSid);
        await again.ReceiveAsync();
        await again.ReceiveAsync();
        await new PlayingProvider(second, again, _time, 0, 0).RunAsync(Speech(4, 2 * Second), (300, () => again.SendMediaAsync(second.StreamSid, after)));
        await Task.WhenAll(second.StopAsync(), again.ReceiveAllAsync());

        var manifest = await host.AnnouncedAsync(first.CallSid);
        manifest.StreamIds.ShouldBe([first.StreamSid, second.StreamSid]);
        var heard = host.Read(manifest, RecordingTypes.Assistant).Samples;
        ((double)Begin(heard, Linear(before))).ShouldBe(Second / 2, Tolerance + 1);
        Length(heard, Linear(before)).ShouldBe(before.Length);
        ((double)Begin(heard, Linear(after))).ShouldBe(resumed + 300 * 8, Tolerance + 1);
        Length(heard, Linear(after)).ShouldBe(after.Length);
    }

    private (short[] User, short[] Assistant, short[] Mixed) Tracks(RecordingManifest manifest)
    {
        var mixed = _host.Read(manifest, RecordingTypes.Mixed).Samples;
        return (
            TestAudio.Padded(_host.Read(manifest, RecordingTypes.User).Samples, mixed.Length),
            TestAudio.Padded(_host.Read(manifest, RecordingTypes.Assistant).Samples, mixed.Length),
            mixed);
    }

    /// <summary>It begins and ends where it began and ended, to within the tolerance, and is the same in between.</summary>
    private static void ShouldBeHeardAlike(short[] recorded, short[] truth, short[] speech, int tolerance = Tolerance)
    {
        ((double)Begin(recorded, speech)).ShouldBe(Begin(truth, speech), tolerance + 1);
        ((double)Begin(recorded, speech) + Length(recorded, speech)).ShouldBe(Begin(truth, speech) + Length(truth, speech), tolerance + 1);
    }

    private static int Begin(short[] track, short[] speech)
    {
        var begin = track.AsSpan().IndexOf(speech.AsSpan(0, 400));
        begin.ShouldBeGreaterThanOrEqualTo(0);
        return begin;
    }

    private static double Length(short[] track, short[] speech) => track.AsSpan(Begin(track, speech)).CommonPrefixLength(speech);

    /// <summary>Mu-law that is loud in every sample.</summary>
    private static byte[] Speech(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (byte)random.Next(0x10, 0x70))];
    }

    private static short[] Linear(byte[] encoded)
    {
        var linear = new short[encoded.Length];
        MuLaw.Decode(encoded, linear);
        return linear;
    }
}
