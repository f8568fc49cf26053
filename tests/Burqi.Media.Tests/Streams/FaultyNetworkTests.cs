using Burqi.Media.Spool;
using Burqi.Media.Tests.Fixtures;

namespace Burqi.Media.Tests.Streams;

/// <summary>
/// Everything at once that a network can do to a call: frames lost, repeated and out of order, stretches without any, and connections that
/// break. What came is where it was heard, to the sample, and nothing else is anywhere.
/// </summary>
public sealed class FaultyNetworkTests
{
    private const int FrameMs = 20;
    private const int CallMs = 40_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task TwilioCall_OverAFaultyNetwork_IsKeptSampleForSample(int seed)
    {
        await using var host = await MediaHost.StartAsync(settings: ("BURQI_MEDIA_RECONNECT_SECONDS", "30"));
        var network = new FaultyNetwork(seed, voices: 2);
        var audio = new[] { TestAudio.Noise(seed, CallMs), TestAudio.Noise(seed + 50, CallMs) };
        var callSid = StreamDriver.NewSid("CA");
        var streamSid = StreamDriver.NewSid("MZ");
        foreach (var connection in network.Connections)
        {
            await using var driver = await StreamDriver.StartAsync(host, callSid, streamSid);

            // Numbered as they were spoken, whenever they arrive.
            foreach (var (voice, frame, number) in connection)
            {
                await driver.SendAsync(driver.Frame(
                    voice == 0 ? "inbound" : "outbound", frame * FrameMs, audio[voice].AsSpan(frame * FrameMs * 8, FrameMs * 8).ToArray(), number + 2));
            }

            await (connection == network.Connections[^1] ? driver.StopAsync() : driver.CloseAsync());
        }

        var manifest = await host.AnnouncedAsync(callSid);
        manifest.MessagesRejected.ShouldBe(0);
        manifest.ClockJumps.ShouldBe(0);
        network.Check(manifest.Tracks[0], host.Tracks(manifest).User, 0, Vectors.Decode(audio[0]), 8000);
        network.Check(manifest.Tracks[1], host.Tracks(manifest).Assistant, 1, Vectors.Decode(audio[1]), 8000);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task AcsCall_OverAFaultyNetwork_IsKeptSampleForSample(int seed)
    {
        await using var issuer = await AcsIssuer.StartAsync();
        await using var host = await MediaHost.StartAsync(settings: [.. issuer.Settings, ("BURQI_MEDIA_RECONNECT_SECONDS", "30")]);
        var network = new FaultyNetwork(seed, voices: 3);
        string[] participants = ["4:+14255550123", "8:acs:agent", "8:acs:supervisor"];
        var audio = Enumerable.Range(0, 3).Select(voice => TestAudio.Pcm(seed * 10 + voice, CallMs)).ToArray();
        var callId = AcsDriver.NewCallId();
        var subscription = Guid.NewGuid().ToString();
        foreach (var connection in network.Connections)
        {
            await using var driver = await AcsDriver.StartAsync(host, issuer, callId, subscriptionId: subscription);
            foreach (var (voice, frame, _) in connection)
            {
                await driver.SendAsync(AcsDriver.Frame(frame * FrameMs, audio[voice].AsSpan(frame * FrameMs * 16, FrameMs * 16), participants[voice]));
            }

            await driver.CloseAsync();
        }

        await host.DisposeAsync();
        var manifest = host.Manifests(callId).Single();
        manifest.MessagesRejected.ShouldBe(0);
        manifest.ClockJumps.ShouldBe(0);
        foreach (var (participant, voice) in participants.Select((participant, voice) => (participant, voice)))
        {
            var track = manifest.Tracks.Single(t => t.Participant == participant);
            network.Check(track, host.Read(manifest, track.Name).Samples, voice, audio[voice], 16_000);
        }
    }

    /// <summary>What becomes of a call's frames.</summary>
    private sealed class FaultyNetwork
    {
        private readonly int _voices;
        private readonly HashSet<(int Voice, int Frame)> _arrived = [];
        private readonly int[] _repeated;

        public FaultyNetwork(int seed, int voices)
        {
            _voices = voices;
            _repeated = new int[voices];
            var random = new Random(seed);
            var stalls = Enumerable.Range(0, 3).Select(_ => random.Next(200, 1800)).ToArray();
            var breaks = Enumerable.Range(1, 3).Select(i => i * CallMs / FrameMs / 4).ToArray();
            Connections = [.. breaks.Append(CallMs / FrameMs).Zip(breaks.Prepend(0), (to, from) => Carry(random, from, to, stalls))];
        }

        public (int Voice, int Frame, long Number)[][] Connections { get; }

        public void Check(ManifestTrack track, short[] kept, int voice, short[] sent, int sampleRate)
        {
            var frameSamples = FrameMs * sampleRate / 1000;
            var expected = new short[(_arrived.Max(a => a.Frame) + 1) * frameSamples];
            foreach (var (_, frame) in _arrived.Where(a => a.Voice == voice))
            {
                sent.AsSpan(frame * frameSamples, frameSamples).CopyTo(expected.AsSpan(frame * frameSamples));
            }

            kept.ShouldSound(expected, $"{track.Name}, of {track.Facts!.FramesReceived} frames for {_arrived.Count(a => a.Voice == voice)}");
            track.Facts!.FramesReceived.ShouldBe(_arrived.Count(a => a.Voice == voice));
            track.Facts.FramesDuplicated.ShouldBe(_repeated[voice]);
            track.Facts.FramesStale.ShouldBe(0);

            // Silence within the track is what did not come; what is silent at its end is no gap.
            var last = _arrived.Where(a => a.Voice == voice).Max(a => a.Frame);
            var missing = Enumerable.Range(0, last).Count(frame => !_arrived.Contains((voice, frame)));
            track.Facts.GapMs.ShouldBe(missing * FrameMs);
        }

        /// <summary>One connection's frames in the order in which they arrive.</summary>
        private (int Voice, int Frame, long Number)[] Carry(Random random, int from, int to, int[] stalls)
        {
            var arriving = new List<(double At, int Voice, int Frame)>();
            for (var frame = from; frame < to; frame++)
            {
                for (var voice = 0; voice < _voices; voice++)
                {
                    // The frames with which a connection begins come in order: before them there is nothing to sort them by.
                    var settled = frame - from < 10;
                    if (!settled && (random.Next(50) == 0 || stalls.Any(stall => frame >= stall && frame < stall + 60 && voice == stall % _voices)))
                    {
                        continue;
                    }

                    _arrived.Add((voice, frame));
                    arriving.Add((frame + (settled ? 0 : random.NextDouble() * 40), voice, frame));
                    if (random.Next(20) == 0)
                    {
                        _repeated[voice]++;
                        arriving.Add((frame + 41 + random.NextDouble() * 200, voice, frame));
                    }
                }
            }

            return [.. arriving.OrderBy(a => a.At).Select(a => (a.Voice, a.Frame, (long)a.Frame * _voices + a.Voice))];
        }
    }
}
