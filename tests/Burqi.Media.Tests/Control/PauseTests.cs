using Burqi.Contracts;
using Burqi.Contracts.Recordings;
using Burqi.Media.Control;
using Burqi.Media.Spool;
using Burqi.Media.Streams;
using Burqi.Media.Tee;
using Burqi.Media.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Media.Tests.Control;

/// <summary>Pauses to the sample, in a time that moves step by step.</summary>
public sealed class PauseTests : IAsyncLifetime
{
    private const int FrameMs = 20;
    private const int FrameSamples = FrameMs * 8;

    private readonly ManualTime _time = new();
    private MediaHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await MediaHost.StartAsync(_time);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(1000, 1000 * 8)] // behind the last frame
    [InlineData(1015, 1005 * 8)] // in the middle of the one being said: by the clock of the call, half a frame behind the last
    public async Task Pause_OfAOneWayStream_IsSilenceOfEqualLengthInEveryTrack(int pausedAtMs, int from)
    {
        var (user, assistant) = (Sound(1, 3000), Sound(2, 3000));
        var recording = Begin(twoWay: false);

        Bring(recording, user, assistant, 0, 1000);
        _time.MoveTo(pausedAtMs);
        recording.Mute();
        Bring(recording, user, assistant, 1000, 2000);
        recording.Unmute();
        Bring(recording, user, assistant, 2000, 3000);

        var (manifest, tracks) = await CompleteAsync(recording);
        tracks.User.ShouldSound(Silenced(user, from, 16_000));
        tracks.Assistant.ShouldSound(Silenced(assistant, from, 16_000));
        tracks.Mixed.ShouldSound(TestAudio.Mix(tracks.User, tracks.Assistant));
        manifest.Pauses.ShouldNotBeNull().ShouldBe([new PauseFacts(from / 8.0, 2000 - (from / 8.0))]);
        manifest.Tracks.ShouldAllBe(track => track.Facts!.FramesReceived == 150 && track.Facts.CoveredMs == 3000 && track.Facts.GapCount == 0);
        _host.Messages.Of<RecordingCaptured>().ShouldAllBe(m => m.PausedMs == 2000 - (from / 8) && m.DurationMs == 3000);
    }

    [Fact]
    public async Task Frames_ThatAreLate_AreKeptByWhenTheyWereSaid()
    {
        var (user, assistant) = (Sound(1, 3000), Sound(2, 3000));
        var recording = Begin(twoWay: false);

        // A frame from before the pause comes in it, one from within it comes after it, one from after it is early.
        Bring(recording, user, assistant, 0, 1000, except: 900);
        recording.Mute();
        Bring(recording, user, assistant, 1000, 1500, except: 1200);
        Place(recording, MediaTrack.User, user, 900);
        Bring(recording, user, assistant, 1500, 2000, except: 1960);
        recording.Unmute();
        Place(recording, MediaTrack.User, user, 2020);
        Place(recording, MediaTrack.User, user, 1200);
        Place(recording, MediaTrack.User, user, 1960);
        Bring(recording, user, assistant, 2000, 3000, except: 2020);

        var (_, tracks) = await CompleteAsync(recording);
        tracks.User.ShouldSound(Silenced(user, 8000, 16_000));
        tracks.Assistant.ShouldSound(Silenced(assistant, 8000, 16_000));
    }

    [Fact]
    public async Task Frames_HeldUpByTheConnection_AreKeptByWhenTheyWereSaid()
    {
        var (user, assistant) = (Sound(1, 4000), Sound(2, 4000));
        var recording = Begin(twoWay: false);

        // Nothing comes for two seconds, in which the pause begins; then nothing until it is over.
        Bring(recording, user, assistant, 0, 1000);
        _time.MoveTo(2000);
        recording.Mute();
        Bring(recording, user, assistant, 1000, 2400, arrivesAt: 2400);
        _time.MoveTo(3500);
        recording.Unmute();
        Bring(recording, user, assistant, 2400, 4000, arrivesAt: 4000);

        // By the least delay seen, half a frame behind this machine's clock.
        var (_, tracks) = await CompleteAsync(recording);
        tracks.User.ShouldSound(Silenced(user, 1990 * 8, 3490 * 8));
        tracks.Assistant.ShouldSound(Silenced(assistant, 1990 * 8, 3490 * 8));
    }

    [Fact]
    public async Task Pause_AskedForTwiceAndEndedTwice_IsOne()
    {
        var (user, assistant) = (Sound(1, 2000), Sound(2, 2000));
        var recording = Begin(twoWay: false);
        recording.Unmute();
        Bring(recording, user, assistant, 0, 500);
        recording.Mute();
        Bring(recording, user, assistant, 500, 700);
        recording.Mute();
        Bring(recording, user, assistant, 700, 1000);
        recording.Unmute();
        recording.Unmute();
        Bring(recording, user, assistant, 1000, 1500);
        recording.Mute();
        Bring(recording, user, assistant, 1500, 2000);

        // The second lasts to the end.
        var (manifest, tracks) = await CompleteAsync(recording);
        tracks.User.ShouldSound(Silenced(Silenced(user, 4000, 8000), 12_000, 16_000));
        manifest.Pauses.ShouldNotBeNull().ShouldBe([new PauseFacts(500, 500), new PauseFacts(1500, null)]);
        _host.Messages.Of<RecordingCaptured>().ShouldAllBe(m => m.PausedMs == 1000);
    }

    /// <summary>What waited to be played when the pause began, and what came in it and is played after it, is recorded by when the caller hears it.</summary>
    [Fact]
    public async Task Pause_OfATwoWayStream_SilencesWhatTheCallerHearsInIt()
    {
        var user = Sound(1, 4000);
        var answer = Sound(2, 3000);
        var plain = await ConverseAsync(_ => { }, _ => { });
        var paused = await ConverseAsync(recording => recording.Mute(), recording => recording.Unmute());

        plain.User.ShouldSound(user);
        plain.Assistant.AsSpan().IndexOf(answer.AsSpan(0, 160)).ShouldBeInRange(480 * 8, 520 * 8);
        paused.User.ShouldSound(Silenced(plain.User, 8000, 16_000));
        paused.Assistant.ShouldSound(Silenced(plain.Assistant, 8000, 16_000));
        paused.Mixed.ShouldSound(TestAudio.Mix(paused.User, paused.Assistant));

        async Task<(short[] User, short[] Assistant, short[] Mixed)> ConverseAsync(Action<LiveRecording> pause, Action<LiveRecording> resume)
        {
            _time.MoveTo(_time.Ms + 10_000);
            var begin = _time.Ms;
            var recording = Begin(twoWay: true);
            Bring(recording, user, null, 0, 500, begin: begin);
            for (var sent = 0; sent < answer.Length; sent += FrameSamples)
            {
                recording.Hear(new AgentMessage { Kind = AgentMessageKind.Audio, Samples = answer.AsSpan(sent, FrameSamples) });
            }

            Bring(recording, user, null, 500, 1000, begin: begin);
            pause(recording);
            Bring(recording, user, null, 1000, 2000, begin: begin);
            resume(recording);
            Bring(recording, user, null, 2000, 4000, begin: begin);
            return (await CompleteAsync(recording)).Tracks;
        }
    }

    [Fact]
    public async Task Timestamp_FarAhead_HidesNothingThatIsSaidInThePause()
    {
        var (user, assistant) = (Sound(1, 3000), Sound(2, 3000));
        var wild = Sound(3, FrameMs);
        var recording = Begin(twoWay: false);
        Bring(recording, user, assistant, 0, 1000);
        recording.Place(Frame(MediaTrack.User, 9000, wild));
        recording.Mute();
        Bring(recording, user, assistant, 1000, 2000);

        var (_, tracks) = await CompleteAsync(recording);
        tracks.User[8000..(1200 * 8)].ShouldSound(user[8000..(1200 * 8)]);
        tracks.User[(1200 * 8)..].ShouldSound([.. new short[7800 * 8], .. wild]);
        tracks.Assistant[(1200 * 8)..].ShouldAllBe(sample => sample == 0);
    }

    [Fact]
    public async Task Reconnect_InThePause_StaysSilentAndGoesOnAfterIt()
    {
        var (before, within, after) = (Sound(1, 1000), Sound(2, 2000), Sound(3, 1000));
        var recording = Begin(twoWay: false);
        Bring(recording, before, before, 0, 1000);
        recording.Mute();
        recording.Pause();

        // A clock that begins anew, two seconds after the end of the audio.
        _time.MoveTo(3000);
        recording.Resume(recording.Start with { StreamId = "MZ00000000000000000000000000000002" }, _time.GetTimestamp());
        Bring(recording, within, within, 0, 2000, begin: 3000);
        recording.Unmute();
        Bring(recording, after, after, 0, 1000, begin: 5000, firstTimestampMs: 2000);

        var (manifest, tracks) = await CompleteAsync(recording);
        tracks.User.ShouldSound([.. before, .. new short[32_000], .. after]);
        tracks.Assistant.ShouldSound([.. before, .. new short[32_000], .. after]);
        manifest.Pauses.ShouldNotBeNull().ShouldBe([new PauseFacts(1000, 4000)]);
    }

    [Fact]
    public async Task Pause_ThatBeginsAndEndsWithoutASocket_CostsNothingOfTheNext()
    {
        var (before, after) = (Sound(1, 1000), Sound(3, 1000));
        var recording = Begin(twoWay: false);

        // Sent faster than it was said, so that the audio is ahead of this machine's clock.
        Bring(recording, before, before, 0, 1000, arrivesAt: 0);
        recording.Pause();
        recording.Mute();
        _time.MoveTo(500);
        recording.Unmute();
        recording.Resume(recording.Start with { StreamId = "MZ00000000000000000000000000000002" }, _time.GetTimestamp());
        Bring(recording, after, after, 0, 1000, begin: 500);

        var (_, tracks) = await CompleteAsync(recording);
        tracks.User.ShouldSound([.. before, .. after]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stream_BegunInAPause_IsSilentFromItsFirstFrame(bool wasPausedBefore)
    {
        var (user, assistant) = (Sound(1, 2000), Sound(2, 2000));
        var recording = Begin(twoWay: false, wasPausedBefore ? RecordingState.Paused : RecordingState.Recorded);
        if (!wasPausedBefore)
        {
            recording.Mute(); // before anything came
        }

        Bring(recording, user, assistant, 0, 1000);
        recording.Unmute();
        Bring(recording, user, assistant, 1000, 2000);

        var (manifest, tracks) = await CompleteAsync(recording);
        tracks.User.ShouldSound(Silenced(user, 0, 8000));
        tracks.Assistant.ShouldSound(Silenced(assistant, 0, 8000));
        manifest.Pauses.ShouldNotBeNull().ShouldBe([new PauseFacts(0, 1000)]);
    }

    /// <summary>Where timestamps are times of day, the first frames wait until they are placed, and the first of them is the timeline's zero.</summary>
    [Theory]
    [InlineData(0, 0, 1000)] // before the first frame
    [InlineData(60, 60, 1000)] // while they wait
    [InlineData(1000, 1000, 2000)]
    public async Task Pause_OfAStreamByTheTimeOfDay_IsSilenceOfEqualLength(int pausedAtMs, int fromMs, int toMs)
    {
        const long TimeOfDay = 1_772_600_000_000;
        var user = Sound(1, 3000);
        var recording = Begin(twoWay: false, RecordingState.Recorded, isWallClock: true);
        _time.MoveTo(5000);
        Bring(recording, user, null, 0, pausedAtMs, begin: 5000, firstTimestampMs: TimeOfDay);
        recording.Mute();
        Bring(recording, user, null, pausedAtMs, toMs, begin: 5000, firstTimestampMs: TimeOfDay);
        recording.Unmute();
        Bring(recording, user, null, toMs, 3000, begin: 5000, firstTimestampMs: TimeOfDay);

        var (_, tracks) = await CompleteAsync(recording);
        tracks.User.ShouldSound(Silenced(user, fromMs * 8, toMs * 8));
    }

    [Fact]
    public async Task Pause_OverBeforeTheFirstFrame_CostsNothing()
    {
        var user = Sound(1, 1000);
        var recording = Begin(twoWay: false, RecordingState.Recorded, isWallClock: true);
        recording.Mute();
        _time.MoveTo(5000);
        recording.Unmute();
        Bring(recording, user, null, 0, 1000, begin: 6000, firstTimestampMs: 1_772_600_000_000);

        (await CompleteAsync(recording)).Tracks.User.ShouldSound(user);
    }

    /// <summary>The same frames, late, lost, doubled and in any order, into a recording that is paused now and then and into one that is not.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    [InlineData(6, true)]
    public async Task Pauses_OnAPoorConnection_AreSilentAndChangeNothingElse(int seed, bool isWallClock)
    {
        const long TimeOfDay = 1_772_600_000_000;
        var random = new Random(seed);
        var sound = new Dictionary<MediaTrack, short[]> { [MediaTrack.User] = Sound(seed, 20_000), [MediaTrack.Assistant] = Sound(seed + 100, 20_000) };
        var arrivals = new List<(long At, MediaTrack Track, int Ms)>();
        for (var ms = 0; ms < 20_000; ms += FrameMs)
        {
            foreach (var track in sound.Keys)
            {
                for (var copies = random.Next(50) switch { 0 => 0, 1 => 2, _ => 1 }; copies > 0; copies--)
                {
                    arrivals.Add((ms + FrameMs + random.Next(4) * (random.Next(10) == 0 ? 100 : 5), track, ms));
                }
            }
        }

        var turns = Enumerable.Range(0, 7).Select(_ => (long)random.Next(500, 19_000)).Order().ToArray();
        var (paused, plain) = (Begin(twoWay: false, RecordingState.Recorded, isWallClock), Begin(twoWay: false, RecordingState.Recorded, isWallClock));
        var turn = 0;
        foreach (var (at, track, ms) in arrivals.OrderBy(arrival => arrival.At))
        {
            while (turn < turns.Length && turns[turn] <= at)
            {
                _time.MoveTo(turns[turn]);
                if (turn++ % 2 == 0)
                {
                    paused.Mute();
                }
                else
                {
                    paused.Unmute();
                }
            }

            _time.MoveTo(at);
            foreach (var recording in (LiveRecording[])[paused, plain])
            {
                recording.Place(Frame(track, (isWallClock ? TimeOfDay : 0) + ms, sound[track].AsSpan(ms * 8, FrameSamples)));
            }
        }

        var (manifest, silent) = await CompleteAsync(paused);
        var (_, expected) = await CompleteAsync(plain);
        var pauses = manifest.Pauses.ShouldNotBeNull();
        pauses.Length.ShouldBe(4);
        for (var i = 0; i < pauses.Length; i++)
        {
            // By the call's clock, which is off by half a frame; what has come already was said before.
            pauses[i].StartMs.ShouldBeInRange(turns[2 * i] - 40, turns[2 * i] + 10);
            (int From, int To) stretch = ((int)(pauses[i].StartMs * 8), (int)Math.Min(pauses[i].EndMs * 8, 20_000 * 8));
            foreach (var samples in (short[][])[expected.User, expected.Assistant])
            {
                samples.AsSpan(stretch.From, Math.Min(stretch.To, samples.Length) - stretch.From).Clear();
            }
        }

        silent.User.ShouldSound(expected.User);
        silent.Assistant.ShouldSound(expected.Assistant);
        silent.Mixed.ShouldSound(TestAudio.Mix(expected.User, expected.Assistant));
    }

    /// <summary>Non-zero audio in which every sample can be told from its neighbours.</summary>
    private static short[] Sound(int seed, int milliseconds) =>
        [.. TestAudio.Pcm(seed, milliseconds, 8000).Select(sample => (short)(sample | 1))];

    private static short[] Silenced(short[] samples, int from, int to)
    {
        var silenced = samples.ToArray();
        silenced.AsSpan(from, Math.Min(to, samples.Length) - from).Clear();
        return silenced;
    }

    private static MediaMessage Frame(MediaTrack track, long timestampMs, ReadOnlySpan<short> samples) => new()
    {
        Kind = MediaMessageKind.Frame,
        Sequence = MediaMessage.NoSequence,
        Track = track,
        TimestampMs = timestampMs,
        Samples = samples,
    };

    private static void Place(LiveRecording recording, MediaTrack track, short[] samples, int ms) =>
        recording.Place(Frame(track, ms, samples.AsSpan(ms * 8, FrameSamples)));

    /// <summary>Brings a stretch of both tracks' audio frame by frame, each when it has been said, or all at one time.</summary>
    private void Bring(
        LiveRecording recording,
        short[] user,
        short[]? assistant,
        int fromMs,
        int toMs,
        int? except = null,
        long begin = 0,
        long firstTimestampMs = 0,
        int? arrivesAt = null)
    {
        for (var ms = fromMs; ms < toMs; ms += FrameMs)
        {
            _time.MoveTo(begin + (arrivesAt ?? Math.Max(ms + FrameMs, (int)(_time.Ms - begin))));
            if (ms != except)
            {
                recording.Place(Frame(MediaTrack.User, firstTimestampMs + ms, user.AsSpan(ms * 8, FrameSamples)));
            }

            if (assistant is not null)
            {
                recording.Place(Frame(MediaTrack.Assistant, firstTimestampMs + ms, assistant.AsSpan(ms * 8, FrameSamples)));
            }
        }
    }

    private LiveRecording Begin(bool twoWay, RecordingState state = RecordingState.Recorded, bool isWallClock = false) => new(
        _host.Services.GetRequiredService<RecordingServices>(),
        new StreamStart
        {
            Provider = Providers.Twilio,
            CallId = StreamDriver.NewSid("CA"),
            StreamId = StreamDriver.NewSid("MZ"),
            AccountId = null,
            SampleRate = 8000,
            Tracks = twoWay ? [MediaTrack.User] : [MediaTrack.User, MediaTrack.Assistant],
            TraceParent = null,
            IsTwoWay = twoWay,
            IsWallClock = isWallClock,
            AgentUrl = twoWay ? new Uri("wss://agent.example.com") : null,
        },
        DateTimeOffset.UtcNow,
        traceParent: null,
        state: state);

    private async Task<(RecordingManifest Manifest, (short[] User, short[] Assistant, short[] Mixed) Tracks)> CompleteAsync(LiveRecording recording)
    {
        recording.Complete(MediaStreamEnding.Stop);
        await recording.Writer.Completion;
        var manifest = await _host.AnnouncedAsync(recording.Start.CallId);
        return (manifest, _host.Tracks(manifest));
    }
}
