using Burqi.Media.Playback;
using Burqi.Media.Streams;
using Burqi.Media.Tests.Fixtures;
using Microsoft.Extensions.Options;

namespace Burqi.Media.Tests.Playback;

/// <summary>Times are samples at 8 kHz: 8 of them are a millisecond.</summary>
public sealed class PlaybackQueueTests
{
    private const int Second = 8000;

    private readonly HeardTrack _track = new();
    private readonly PcmBlockPool _blocks = new(Options.Create(new MediaOptions()));
    private readonly PlaybackQueue _queue;

    public PlaybackQueueTests() => _queue = new PlaybackQueue(8000, _blocks, _track);

    [Fact]
    public void Enqueue_Burst_PlaysInRealTime()
    {
        var speech = Speech(1, 10 * Second);
        Send(1 * Second, speech, pieces: 50);

        _queue.Advance(3 * Second);
        _track.Samples.ShouldSound([.. new short[Second], .. speech[..(2 * Second)]]);

        _queue.Advance(20 * Second);
        _track.Samples.ShouldSound([.. new short[Second], .. speech]);
        _queue.IsEmpty.ShouldBeTrue();
        _blocks.Rented.ShouldBe(0);
    }

    [Fact]
    public void Enqueue_WhileSomethingPlays_PlaysBehindIt()
    {
        var first = Speech(1, 2 * Second);
        var second = Speech(2, Second);
        _queue.Enqueue(0, first);
        _queue.Advance(Second);
        _queue.Enqueue(Second, second);

        _queue.Advance(10 * Second);

        _track.Samples.ShouldSound([.. first, .. second]);
    }

    [Fact]
    public void Enqueue_AfterEverythingPlayed_PlaysAtOnce()
    {
        var first = Speech(1, Second);
        var second = Speech(2, Second);
        _queue.Enqueue(0, first);
        _queue.Enqueue(5 * Second, second);

        _queue.Advance(10 * Second);

        _track.Samples.ShouldSound([.. first, .. new short[4 * Second], .. second]);
    }

    [Fact]
    public void Enqueue_InRealTimeWithJitter_HasNoStutter()
    {
        var speech = Speech(1, 10 * Second);
        var random = new Random(3);
        for (var i = 0; i < 500; i++)
        {
            var now = i * 160 + random.Next(0, 64);
            _queue.Enqueue(now, speech.AsSpan(i * 160, 160));
            _queue.Advance(now);
        }

        _queue.Advance(20 * Second);
        var heard = _track.Samples;
        heard.AsSpan(Array.FindIndex(heard, sample => sample != 0)).ToArray().ShouldSound(speech);
        heard.Length.ShouldBeInRange(speech.Length, speech.Length + 10 * 8);
    }

    [Fact]
    public void Enqueue_RealTimeAgentThatPauses_PausesAsLong()
    {
        var speech = Speech(1, Second);
        for (var i = 0; i < 25; i++)
        {
            _queue.Enqueue(i * 160, speech.AsSpan(i * 160, 160));
        }

        for (var i = 25; i < 50; i++)
        {
            _queue.Enqueue(i * 160 + 2400, speech.AsSpan(i * 160, 160));
        }

        _queue.Advance(10 * Second);

        _track.Samples.ShouldSound([.. speech[..(Second / 2)], .. new short[2400], .. speech[(Second / 2)..]]);
    }

    [Fact]
    public void Clear_InTheMidstOfSpeech_CutsItThere()
    {
        var speech = Speech(1, 10 * Second);
        var answer = Speech(2, 3 * Second);
        Send(0, speech, pieces: 30);
        _queue.Advance(2 * Second);

        _queue.Clear(4 * Second);
        _queue.Enqueue(6 * Second, answer);
        _queue.Advance(20 * Second);

        _track.Samples.ShouldSound([.. speech[..(4 * Second)], .. new short[2 * Second], .. answer]);
        _blocks.Rented.ShouldBe(0);
    }

    [Fact]
    public void Clear_ThenAnAnswerAtOnce_PlaysItThere()
    {
        var speech = Speech(1, 10 * Second);
        var answer = Speech(2, Second);
        _queue.Enqueue(0, speech);

        _queue.Clear(12_345);
        _queue.Enqueue(12_345, answer);
        _queue.Advance(20 * Second);

        _track.Samples.ShouldSound([.. speech[..12_345], .. answer]);
    }

    [Fact]
    public void Clear_NothingWaiting_MeansNothing()
    {
        var speech = Speech(1, Second);
        _queue.Clear(100);
        _queue.Enqueue(800, speech);
        _queue.Advance(10 * Second);
        _queue.Clear(12 * Second);
        _queue.Clear(12 * Second);

        _track.Samples.ShouldSound([.. new short[800], .. speech]);
        _queue.End.ShouldBe(Second + 800);
    }

    [Fact]
    public void Clear_Twice_CutsAtTheFirst()
    {
        var speech = Speech(1, 4 * Second);
        _queue.Enqueue(0, speech);

        _queue.Clear(Second);
        _queue.Clear(2 * Second);
        _queue.Advance(10 * Second);

        _track.Samples.ShouldSound(speech[..Second]);
    }

    [Fact]
    public void Echo_WhenExpected_MovesNothing()
    {
        var speech = Speech(1, 4 * Second);
        _queue.Enqueue(0, speech.AsSpan(0, Second));
        _queue.Expect(10, "a"u8);
        _queue.Enqueue(20, speech.AsSpan(Second));
        _queue.Advance(Second + 100);

        _queue.Echo(Second + 200, "a"u8);
        _queue.Advance(10 * Second);

        _track.Samples.ShouldSound(speech);
    }

    [Fact]
    public void Echo_Late_MovesWhatStillWaits()
    {
        var speech = Speech(1, 4 * Second);
        _queue.Enqueue(0, speech.AsSpan(0, Second));
        _queue.Expect(0, "a"u8);
        _queue.Enqueue(0, speech.AsSpan(Second, Second));
        _queue.Expect(0, "b"u8);
        _queue.Enqueue(0, speech.AsSpan(2 * Second));
        _queue.Advance(Second);

        // The provider was half a second late with the first; the second comes as late, which is known by then.
        _queue.Advance(Second + 4000);
        _queue.Echo(Second + 4000, "a"u8);
        _queue.Advance(2 * Second + 4000);
        _queue.Echo(2 * Second + 4000, "b"u8);
        _queue.Advance(10 * Second);

        _track.Samples.ShouldSound([.. speech[..(Second + 4000)], .. new short[4000], .. speech[(Second + 4000)..]]);
    }

    [Fact]
    public void Echo_Late_WhatIsSentLaterTakesAsLong()
    {
        var first = Speech(1, Second);
        var second = Speech(2, Second);
        _queue.Enqueue(0, first);
        _queue.Expect(0, "a"u8);
        _queue.Advance(Second + 1600);
        _queue.Echo(Second + 1600, "a"u8);

        _queue.Enqueue(4 * Second, second);
        _queue.Advance(10 * Second);

        _track.Samples.ShouldSound([.. first, .. new short[3 * Second + 1600], .. second]);
    }

    [Fact]
    public void Clear_AudioThatTakesAWhileToBePlayed_CutsAsMuchLater()
    {
        var first = Speech(1, Second);
        var second = Speech(2, 4 * Second);
        _queue.Enqueue(0, first);
        _queue.Expect(0, "a"u8);
        _queue.Advance(Second + 800);
        _queue.Echo(Second + 800, "a"u8);
        _queue.Enqueue(4 * Second, second);

        _queue.Clear(5 * Second);
        _queue.Advance(20 * Second);

        _track.Samples.ShouldSound([.. first, .. new short[3 * Second + 800], .. second[..Second]]);
    }

    [Fact]
    public void Clear_ProviderThatPlaysLateAndDropsAtOnce_CutsWhereTheMarksComeBack()
    {
        var speech = Speech(1, 10 * Second);
        var answer = Speech(2, Second);
        Delay(1600);
        _queue.Enqueue(4 * Second, speech);
        _queue.Expect(4 * Second, "b"u8);
        _queue.Advance(8 * Second);

        _queue.Clear(8 * Second);
        _queue.Enqueue(8 * Second, answer);
        _queue.Echo(8 * Second + 80, "b"u8);
        _queue.Advance(20 * Second);

        var heard = 4 * Second - 1600 + 80;
        _track.Samples.ShouldSound([.. new short[4 * Second + 1600], .. speech[..heard], .. new short[1600 - 80], .. answer]);
        _blocks.Rented.ShouldBe(0);
    }

    [Fact]
    public void Clear_MarkThatWasPlayedBeforeItGotThere_CutsNothing()
    {
        var speech = Speech(1, 10 * Second);
        Delay(1600);
        _queue.Enqueue(4 * Second, speech.AsSpan(0, 4 * Second));
        _queue.Expect(4 * Second, "b"u8);
        _queue.Enqueue(4 * Second, speech.AsSpan(4 * Second));
        _queue.Advance(8 * Second + 1000);

        _queue.Clear(8 * Second + 1000);
        _queue.Echo(8 * Second + 1600, "b"u8);
        _queue.Advance(20 * Second);

        _track.Samples.ShouldSound([.. new short[4 * Second + 1600], .. speech[..(4 * Second + 1000)]]);
    }

    [Fact]
    public void Clear_TwiceInARow_TheFirstOnesMarksDoNotCutWhatWasSentBetween()
    {
        var speech = Speech(1, 4 * Second);
        var answer = Speech(2, 4 * Second);
        Delay(1600);
        _queue.Enqueue(4 * Second, speech);
        _queue.Expect(4 * Second, "b"u8);
        _queue.Clear(5 * Second);
        _queue.Enqueue(5 * Second, answer);

        _queue.Clear(5 * Second + 1000);
        _queue.Echo(5 * Second + 1600, "b"u8);
        _queue.Advance(20 * Second);

        _track.Samples.ShouldSound([.. new short[4 * Second + 1600], .. speech[..Second], .. answer[..1000]]);
    }

    [Fact]
    public void Echo_OnceHeldUp_IsForgottenWhenOthersWereNot()
    {
        var speech = Speech(1, Second);
        _queue.Expect(0, "a"u8);
        _queue.Echo(0, "a"u8);
        _queue.Expect(100, "b"u8);
        _queue.Echo(100 + 2 * Second, "b"u8);

        _queue.Enqueue(4 * Second, speech);
        _queue.Advance(10 * Second);

        _track.Samples.ShouldSound([.. new short[4 * Second], .. speech]);
    }

    [Fact]
    public void Echo_Early_MovesNothing()
    {
        var speech = Speech(1, 2 * Second);
        _queue.Enqueue(0, speech.AsSpan(0, Second));
        _queue.Expect(0, "a"u8);
        _queue.Enqueue(0, speech.AsSpan(Second));

        _queue.Echo(50, "a"u8);
        _queue.Advance(10 * Second);

        _track.Samples.ShouldSound(speech);
    }

    [Fact]
    public void Echo_OfAMarkThatWasCleared_MeansNothing()
    {
        var speech = Speech(1, 2 * Second);
        var answer = Speech(2, 2 * Second);
        _queue.Enqueue(0, speech);
        _queue.Expect(0, "part"u8);
        _queue.Clear(Second);
        _queue.Enqueue(Second, answer.AsSpan(0, Second));

        _queue.Echo(Second + 1600, "part"u8);
        _queue.Enqueue(Second + 1600, answer.AsSpan(Second));
        _queue.Advance(10 * Second);

        _track.Samples.ShouldSound([.. speech[..Second], .. answer]);
    }

    [Fact]
    public void Echo_OfAMarkClearedUnderTheNameOfALaterOne_IsNotTakenForIt()
    {
        var speech = Speech(1, 2 * Second);
        var answer = Speech(2, 3 * Second);
        _queue.Enqueue(0, speech);
        _queue.Expect(0, "part"u8);
        _queue.Clear(Second);
        _queue.Enqueue(Second, answer.AsSpan(0, Second));
        _queue.Expect(Second, "part"u8);
        _queue.Enqueue(Second, answer.AsSpan(Second));

        // The first echo is the cleared mark's, the second is half a second late.
        _queue.Advance(Second + 800);
        _queue.Echo(Second + 800, "part"u8);
        _queue.Advance(2 * Second + 4000);
        _queue.Echo(2 * Second + 4000, "part"u8);
        _queue.Advance(20 * Second);

        _track.Samples.ShouldSound([.. speech[..Second], .. answer[..(Second + 4000)], .. new short[4000], .. answer[(Second + 4000)..]]);
    }

    [Fact]
    public void Echo_ProviderThatReturnsNoClearedMarks_IsTheNextMarks()
    {
        var speech = Speech(1, 2 * Second);
        var answer = Speech(2, 2 * Second);
        _queue.Enqueue(0, speech);
        _queue.Expect(0, "part"u8);
        _queue.Clear(Second);
        _queue.Enqueue(4 * Second, answer.AsSpan(0, Second));
        _queue.Expect(4 * Second, "part"u8);
        _queue.Enqueue(4 * Second, answer.AsSpan(Second));
        _queue.Advance(5 * Second);
        _queue.Echo(5 * Second, "part"u8);
        _queue.Advance(20 * Second);

        _track.Samples.ShouldSound([.. speech[..Second], .. new short[3 * Second], .. answer]);
    }

    [Fact]
    public void Echo_MarksOfOneName_AreTakenInOrder()
    {
        var speech = Speech(1, 3 * Second);
        for (var i = 0; i < 3; i++)
        {
            _queue.Enqueue(0, speech.AsSpan(i * Second, Second));
            _queue.Expect(0, "part"u8);
        }

        for (var i = 1; i <= 3; i++)
        {
            _queue.Advance(i * Second);
            _queue.Echo(i * Second, "part"u8);
        }

        _queue.Advance(10 * Second);
        _track.Samples.ShouldSound(speech);
    }

    [Fact]
    public void Echo_NeverSent_MeansNothing()
    {
        var speech = Speech(1, Second);
        _queue.Enqueue(0, speech);
        _queue.Echo(4000, "who"u8);
        _queue.Expect(4000, "a"u8);
        _queue.Echo(100_000_000, "a"u8); // hours later
        _queue.Advance(10 * Second);

        _track.Samples.ShouldSound(speech);
    }

    [Fact]
    public void Expect_MoreMarksThanAnybodyCounts_StaysBounded()
    {
        for (var i = 0; i < 100_000; i++)
        {
            _queue.Expect(i, "same"u8);
        }

        _queue.Echo(100_000, "same"u8);
        _queue.Enqueue(200_000, [7]);
        _queue.End.ShouldBeLessThan(202_000);
    }

    [Fact]
    public void Correct_ClockWasBehind_MovesWhatWaits()
    {
        var speech = Speech(1, 2 * Second);
        _queue.Enqueue(800, speech);
        _queue.Advance(1600);

        _queue.Correct(400);
        _queue.Advance(10 * Second);

        _track.Samples.ShouldSound([.. new short[800], .. speech[..800], .. new short[400], .. speech[800..]]);
    }

    [Fact]
    public void Correct_ClockWasAhead_MovesBackNoFurtherThanWhatWasHeard()
    {
        var speech = Speech(1, Second);
        _queue.Enqueue(800, speech);

        _queue.Correct(-5000);
        _queue.Advance(10 * Second);

        _track.Samples.ShouldSound(speech);
    }

    [Fact]
    public void Drop_AtTheEndOfTheCall_LeavesWhatWasHeard()
    {
        var speech = Speech(1, 10 * Second);
        Send(0, speech, pieces: 10);
        _queue.Advance(12_345);

        _queue.Drop();
        _queue.Advance(20 * Second);

        _track.Samples.ShouldSound(speech[..12_345]);
        _blocks.Rented.ShouldBe(0);
    }

    [Fact]
    public void Enqueue_MinutesAtOnce_AllOfThemPlay()
    {
        var story = Speech(1, 9 * 60 * Second);
        Send(0, story, pieces: 60);

        for (var now = 0; now <= story.Length; now += Second)
        {
            _queue.Advance(now);
        }

        _track.Samples.ShouldSound(story);
        _blocks.Rented.ShouldBe(0);
    }

    [Fact]
    public void Enqueue_LongerThanMayWait_KeepsItsTimeAndIsCounted()
    {
        var story = Speech(1, 11 * 60 * Second);
        var answer = Speech(2, Second);
        Send(0, story, pieces: 66);
        _queue.Advance(9 * 60 * Second);
        _queue.Enqueue(9 * 60 * Second, answer);

        _queue.Advance(20 * 60 * Second);

        _track.Samples.ShouldSound([.. story[..(10 * 60 * Second)], .. new short[60 * Second], .. answer]);
        _track.Lost.ShouldBe([(10L * 60 * Second, 60L * Second)]);
        _blocks.Rented.ShouldBe(0);
    }

    [Fact]
    public void Clear_OfWhatThereWasNoRoomFor_LosesNothingHeard()
    {
        Send(0, Speech(1, 11 * 60 * Second), pieces: 66);
        _queue.Clear(Second);
        _queue.Advance(20 * 60 * Second);

        _track.Samples.Length.ShouldBe(Second);
        _track.Lost.ShouldBeEmpty();
        _queue.IsEmpty.ShouldBeTrue();
        _blocks.Rented.ShouldBe(0);
    }

    [Fact]
    public void Enqueue_NoMemoryLeft_KeepsTheTimeOfWhatIsLost()
    {
        var blocks = new PcmBlockPool(Options.Create(new MediaOptions { BufferBytes = 8 * 4 * PcmBlock.Capacity * sizeof(short) }));
        var queue = new PlaybackQueue(8000, blocks, _track);
        var speech = Speech(1, 8 * PcmBlock.Capacity);

        queue.Enqueue(0, speech);
        queue.Advance(8 * PcmBlock.Capacity);
        queue.Enqueue(8 * PcmBlock.Capacity, speech.AsSpan(0, 100));
        queue.Advance(100 * Second);

        _track.Samples.ShouldSound([.. speech[..(4 * PcmBlock.Capacity)], .. new short[4 * PcmBlock.Capacity], .. speech[..100]]);
        _track.Lost.ShouldBe([(4L * PcmBlock.Capacity, 4L * PcmBlock.Capacity)]);
        blocks.Rented.ShouldBe(0);
    }

    [Fact]
    public void Everything_AtRandom_GivesEveryBlockBackAndNeverGoesBack()
    {
        var random = new Random(5);
        for (var round = 0; round < 50; round++)
        {
            var track = new HeardTrack();
            var queue = new PlaybackQueue(8000, _blocks, track);
            long now = 0;
            for (var step = 0; step < 300; step++)
            {
                now += random.Next(0, 2000);
                switch (random.Next(7))
                {
                    case 0: queue.Clear(now); break;
                    case 1: queue.Expect(now, [(byte)random.Next(3)]); break;
                    case 2: queue.Echo(now + random.Next(-500, 3000), [(byte)random.Next(3)]); break;
                    case 3: queue.Correct(random.Next(-1000, 1000)); break;
                    case 4: queue.Enqueue(now, Speech(step, random.Next(0, 9000))); break;
                    default: queue.Advance(now); break;
                }
            }

            queue.Drop();
            _blocks.Rented.ShouldBe(0);
        }
    }

    /// <summary>A mark without audio tells how long it takes there and back.</summary>
    private void Delay(long samples)
    {
        _queue.Expect(0, "delay"u8);
        _queue.Echo(samples, "delay"u8);
    }

    private void Send(long now, short[] speech, int pieces)
    {
        var length = speech.Length / pieces;
        for (var i = 0; i < pieces; i++)
        {
            _queue.Enqueue(now, speech.AsSpan(i * length, length));
        }
    }

    /// <summary>No sample is silence, and each tells its place.</summary>
    private static short[] Speech(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (short)random.Next(1, short.MaxValue))];
    }
}
