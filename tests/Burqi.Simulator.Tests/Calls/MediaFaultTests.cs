using Burqi.Simulator.Audio;
using Burqi.Simulator.Calls;
using Burqi.Simulator.Media;

namespace Burqi.Simulator.Tests.Calls;

public sealed class MediaFaultTests : SimulatorTest
{
    private static readonly CallScript Script = new()
    {
        Caller = AudioSource.Pattern(1, TimeSpan.FromSeconds(4)),
        Callee = AudioSource.Pattern(2, TimeSpan.FromSeconds(4)),
        RingFor = TimeSpan.Zero,
    };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Customer.Twiml = "<Response><Start><Stream url=\"{stream}\" track=\"both_tracks\" statusCallback=\"{base}/stream-status\"/></Start><Dial>+14255550123</Dial></Response>";
    }

    [Fact]
    public async Task Duplicated_FramesComeTwiceWordForWord()
    {
        var stream = await PlaceAsync(new MediaFaults { Duplicated = 0.2 });

        var twice = stream.Sent.GroupBy(f => f.SequenceNumber).Where(g => g.Count() == 2).ToList();
        twice.Count.ShouldBeInRange(40, 120);
        twice.ShouldAllBe(g => g.First() == g.Last());
        stream.Timeline("inbound").ShouldBe(Script.Caller.Samples.ToArray());
    }

    [Fact]
    public async Task Reordered_FramesComeAfterTheirSuccessorAndNoneIsMissing()
    {
        var stream = await PlaceAsync(new MediaFaults { Reordered = 0.2 });

        var order = stream.Sent.Select(f => f.SequenceNumber).ToList();
        order.Zip(order.Skip(1)).Count(pair => pair.First > pair.Second).ShouldBeInRange(30, 120);
        order.Order().ShouldBe(Enumerable.Range(2, 400).Select(n => (long)n));
        stream.Timeline("outbound").ShouldBe(Script.Callee.Samples.ToArray());
    }

    [Fact]
    public async Task Lost_FramesLeaveAJumpInTheTimestampAloneNotInNumbers()
    {
        var stream = await PlaceAsync(new MediaFaults { Lost = 0.1 });

        stream.Sent.Count.ShouldBeInRange(320, 390);
        stream.Sent.Select(f => f.SequenceNumber).ShouldBe(Enumerable.Range(2, stream.Sent.Count).Select(n => (long)n));
        stream.Sent.Select(f => f.Chunk).ShouldBe(Enumerable.Range(1, stream.Sent.Count).Select(n => (long)n));
        var inbound = stream.Sent.Where(f => f.Track == "inbound").ToList();
        inbound.Zip(inbound.Skip(1)).ShouldContain(pair => pair.Second.Timestamp - pair.First.Timestamp > 20);
        foreach (var frame in inbound)
        {
            frame.Payload.ToArray().ShouldBe(Script.Caller.Samples.Slice((int)frame.Timestamp * 8, 160).ToArray());
        }
    }

    [Fact]
    public async Task Faults_OfTheSameSeed_AreTheSame()
    {
        var faults = new MediaFaults { Duplicated = 0.1, Reordered = 0.1, Lost = 0.1, Jittered = 0.1 };
        var orders = new List<List<long>>();
        foreach (var seed in new[] { 7, 7, 8 })
        {
            var twilio = await StartTwilioAsync(o => o with { Seed = seed });
            var call = await twilio.PlaceCallAsync(Script with { Media = faults });
            orders.Add([.. call.Streams[0].Sent.Select(f => (f.SequenceNumber * 100_000) + f.Timestamp)]);
        }

        orders[1].ShouldBe(orders[0]);
        orders[2].ShouldNotBe(orders[0]);
    }

    [Fact]
    public async Task Gap_OfOneTrack_IsMissingThereAlone()
    {
        var stream = await PlaceAsync(new MediaFaults { Gaps = [new MediaGap(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(60), "inbound")] });

        stream.Sent.Where(f => f.Track == "inbound").Select(f => f.Timestamp).ShouldBe(
            Enumerable.Range(0, 200).Select(i => i * 20L).Where(t => t is < 1000 or >= 1060));
        stream.FrameCount("outbound").ShouldBe(200);
        stream.Timeline("inbound")[8000..8480].ShouldAllBe(b => b == MuLaw.Silence);
    }

    [Fact]
    public async Task Stall_DeliversWhatItHeldInOrderAndInOneBurst()
    {
        var twilio = await StartTwilioAsync(o => o with { Speed = 10 });
        var call = await twilio.PlaceCallAsync(Script with { Media = new MediaFaults { Stalls = [new MediaStall(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2))] } });

        call.Streams[0].Sent.Select(f => f.SequenceNumber).ShouldBe(Enumerable.Range(2, 400).Select(n => (long)n));
        call.Streams[0].Timeline("inbound").ShouldBe(Script.Caller.Samples.ToArray());
    }

    [Fact]
    public async Task Stall_UntilTheEndOfTheCall_StillDeliversBeforeStop()
    {
        var stream = await PlaceAsync(new MediaFaults { Stalls = [new MediaStall(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1))] });

        stream.Sent.Count.ShouldBe(400);
        Customer.Streams[0].Messages[^1].GetProperty("event").GetString().ShouldBe("stop");
    }

    [Fact]
    public async Task Offsets_MoveTheTracksApart()
    {
        var stream = await PlaceAsync(new MediaFaults { InboundOffset = 5, OutboundOffset = 12 });

        stream.Sent.Take(4).Select(f => (f.Track, f.Timestamp)).ShouldBe([("inbound", 5), ("outbound", 12), ("inbound", 25), ("outbound", 32)]);
        stream.Timeline("outbound")[..96].ShouldAllBe(b => b == MuLaw.Silence);
        stream.Timeline("outbound")[96..].ShouldBe(Script.Callee.Samples.ToArray());
    }

    [Fact]
    public async Task DiesAt_CutsTheSocketWithoutStop()
    {
        var stream = await PlaceAsync(new MediaFaults { DiesAt = TimeSpan.FromSeconds(1) });

        stream.Ending.ShouldBe(StreamEnding.Died);
        stream.FrameCount("inbound").ShouldBe(50);
        (await Customer.Streams[0].Ended).ShouldBe("broken");
        Customer.Streams[0].Messages.ShouldNotContain(m => m.GetProperty("event").GetString() == "stop");
        Customer.RequestsTo("/stream-status").Select(r => r["StreamEvent"]).ShouldBe(["stream-started", "stream-error"]);
    }

    [Fact]
    public async Task NeverCloses_LeavesTheSocketOpenAfterStop()
    {
        await PlaceAsync(new MediaFaults { NeverCloses = true });

        var received = Customer.Streams[0];
        await Wait.UntilAsync(() => received.Messages[^1].GetProperty("event").GetString() == "stop");
        received.Ended.IsCompleted.ShouldBeFalse();
        await Twilio.DisposeAsync();
        (await received.Ended).ShouldBe("broken");
    }

    [Fact]
    public async Task ChunkPerTrack_CountsEachTrackFromOne()
    {
        var twilio = await StartTwilioAsync(o => o with { ChunkPerTrack = true });
        var call = await twilio.PlaceCallAsync(Script);

        foreach (var track in new[] { "inbound", "outbound" })
        {
            call.Streams[0].Sent.Where(f => f.Track == track).Select(f => f.Chunk).ShouldBe(Enumerable.Range(1, 200).Select(n => (long)n));
        }
    }

    [Fact]
    public async Task Receiver_ThatReadsNothing_CostsTheStreamAndNotTheCall()
    {
        var stuck = new TaskCompletionSource();
        Customer.OnMessage = (_, _) => stuck.Task;
        var twilio = await StartTwilioAsync(o => o with { SocketTimeout = TimeSpan.FromMilliseconds(300), KeepFrames = false });
        try
        {
            var call = await twilio.PlaceCallAsync(Script with { TalkFor = TimeSpan.FromHours(2) });

            call.Status.ShouldBe("completed");
            call.Duration.ShouldBe(TimeSpan.FromHours(2));
            call.Streams[0].Ending.ShouldBe(StreamEnding.Broken);
        }
        finally
        {
            stuck.SetResult();
        }
    }

    private async Task<SimulatedStream> PlaceAsync(MediaFaults faults) =>
        (await Twilio.PlaceCallAsync(Script with { Media = faults })).Streams.ShouldHaveSingleItem();
}
