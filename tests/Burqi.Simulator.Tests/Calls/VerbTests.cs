using Burqi.Simulator.Audio;
using Burqi.Simulator.Calls;
using Burqi.Simulator.Media;
using Burqi.Simulator.Twiml;

namespace Burqi.Simulator.Tests.Calls;

/// <summary>What a call does with each verb.</summary>
public sealed class VerbTests : SimulatorTest
{
    private const string Stream = "<Start><Stream name=\"s1\" url=\"{stream}\" track=\"both_tracks\"/></Start>";

    [Fact]
    public async Task EndOfDocument_EndsTheCallAtOnce()
    {
        Customer.Twiml = $"<Response>{Stream}</Response>";

        var call = await Twilio.PlaceCallAsync(new CallScript { Caller = AudioSource.Tone(440, TimeSpan.FromSeconds(9)) });

        call.Status.ShouldBe("completed");
        call.Duration.ShouldBe(TimeSpan.Zero);
        (await Customer.Streams[0].Ended).ShouldBe("close");
        Customer.Streams[0].Messages.Select(m => m.GetProperty("event").GetString()).ShouldBe(["connected", "start", "stop"]);
    }

    [Fact]
    public async Task Hangup_LeavesTheRestUndone()
    {
        Customer.Twiml = "<Response><Hangup/><Pause length=\"60\"/></Response>";

        (await Twilio.PlaceCallAsync(new CallScript())).Duration.ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("<Reject/>", "no-answer")]
    [InlineData("<Reject reason=\"busy\"/>", "busy")]
    public async Task Reject_NeverAnswers(string verb, string status)
    {
        Customer.Twiml = $"<Response>{verb}</Response>";

        var call = await Twilio.PlaceCallAsync(new CallScript { StatusCallback = Customer.BaseUrl + "/call-status" });

        call.Status.ShouldBe(status);
        Customer.RequestsTo("/call-status").ShouldHaveSingleItem()["CallStatus"].ShouldBe(status);
    }

    [Fact]
    public async Task PauseAndSay_TakeTheirTimeAndAreHeard()
    {
        Customer.Twiml = $"<Response>{Stream}<Pause length=\"2\"/><Say loop=\"2\">ten chars.</Say></Response>";

        var call = await Twilio.PlaceCallAsync(new CallScript());

        call.Duration.ShouldBe(TimeSpan.FromSeconds(2 + 1.2));
        var outbound = call.Streams[0].Timeline("outbound");
        outbound.ShouldBe(call.HeardByCaller);
        outbound[..16000].ShouldAllBe(b => b == MuLaw.Silence);
        outbound[16000..].Count(b => b != MuLaw.Silence).ShouldBeGreaterThan(9000);
        call.Streams[0].Timeline("inbound").ShouldAllBe(b => b == MuLaw.Silence);
    }

    [Fact]
    public async Task StopStream_EndsItWhileTheCallGoesOn()
    {
        Customer.Twiml = $"<Response>{Stream}<Pause length=\"1\"/><Stop><Stream name=\"s1\"/></Stop><Pause length=\"3\"/></Response>";

        var call = await Twilio.PlaceCallAsync(new CallScript());

        call.Duration.ShouldBe(TimeSpan.FromSeconds(4));
        call.Streams[0].Ending.ShouldBe(StreamEnding.Stopped);
        call.Streams[0].FrameCount("inbound").ShouldBe(50);
    }

    [Fact]
    public async Task StartStream_Twice_RunsBothAndRefusesAFifthTrackAndATakenName()
    {
        Customer.Twiml = $"""
            <Response>{Stream}{Stream}<Start><Stream name="s2" url="{"{stream}"}" track="both_tracks"/></Start><Start><Stream name="s3" url="{"{stream}"}"/></Start>
            <Pause length="1"/></Response>
            """;

        var call = await Twilio.PlaceCallAsync(new CallScript());

        call.Streams.Select(s => s.Name).ShouldBe(["s1", "s2"]);
        call.Streams.ShouldAllBe(s => s.FrameCount("outbound") == 50);
        call.Errors.Select(e => e.Message).ShouldBe(["a stream named 's1' runs already", "a call streams at most 4 tracks"]);
    }

    [Theory]
    [InlineData("inbound_track", "inbound")]
    [InlineData("outbound_track", "outbound")]
    public async Task StartStream_OneTrack_SendsThatAlone(string asked, string track)
    {
        Customer.Twiml = $"<Response><Start><Stream url=\"{{stream}}\" track=\"{asked}\"/></Start><Pause length=\"1\"/></Response>";

        var call = await Twilio.PlaceCallAsync(new CallScript());

        call.Streams[0].Sent.Select(f => f.Track).Distinct().ShouldBe([track]);
        Customer.Streams[0].Messages[1].GetProperty("start").GetProperty("tracks").EnumerateArray().Select(t => t.GetString()).ShouldBe([track]);
    }

    [Fact]
    public async Task Redirect_FollowsTheNewDocumentInPlaceOfTheOld()
    {
        Customer.Twiml = "<Response><Redirect method=\"GET\">/next?a=b%20c</Redirect><Pause length=\"60\"/></Response>";
        Customer.NextTwiml = "<Response><Pause length=\"1\"/></Response>";

        var call = await Twilio.PlaceCallAsync(new CallScript());

        call.Duration.ShouldBe(TimeSpan.FromSeconds(1));
        var next = Customer.RequestsTo("/next").ShouldHaveSingleItem();
        next.Method.ShouldBe("GET");
        next.RawTarget.ShouldStartWith("/next?a=b%20c&AccountSid=AC");
        next.Signature.ShouldBe(next.ExpectedSignature(Twilio.Options.AuthToken, Customer.BaseUrl));
    }

    [Fact]
    public async Task Redirect_InACircle_EndsTheCall()
    {
        Customer.Twiml = "<Response><Redirect>/voice</Redirect></Response>";

        var call = await Twilio.PlaceCallAsync(new CallScript());

        call.Errors.ShouldHaveSingleItem().Code.ShouldBe(11205);
        Customer.RequestsTo("/voice").Count.ShouldBe(100);
    }

    [Theory]
    [InlineData(DialOutcome.Busy, "busy")]
    [InlineData(DialOutcome.NoAnswer, "no-answer")]
    [InlineData(DialOutcome.Failed, "failed")]
    public async Task Dial_NotAnswered_GoesOnWithTheAction(DialOutcome outcome, string status)
    {
        Customer.Twiml = """
            <Response><Dial timeout="3" action="/next"><Number statusCallback="{base}/number-status" statusCallbackEvent="answered completed">+14255550123</Number></Dial></Response>
            """;
        Customer.NextTwiml = "<Response><Pause length=\"1\"/></Response>";

        var call = await Twilio.PlaceCallAsync(new CallScript { DialOutcome = outcome, RingFor = TimeSpan.FromSeconds(1), Callee = AudioSource.Tone(440, TimeSpan.FromSeconds(9)) });

        Customer.RequestsTo("/next").ShouldHaveSingleItem()["DialCallStatus"].ShouldBe(status);
        Customer.RequestsTo("/number-status").ShouldHaveSingleItem()["CallStatus"].ShouldBe(status);
        call.Duration.ShouldBe(TimeSpan.FromSeconds(outcome == DialOutcome.NoAnswer ? 4 : 2));
    }

    [Fact]
    public async Task Dial_CalleeHangsUp_GoesOnWithTheAction()
    {
        Customer.Twiml = "<Response><Dial action=\"{base}/next\">+14255550123</Dial></Response>";
        Customer.NextTwiml = "<Response><Pause length=\"1\"/></Response>";

        var call = await Twilio.PlaceCallAsync(new CallScript { HangsUp = Party.Callee, RingFor = TimeSpan.Zero, TalkFor = TimeSpan.FromSeconds(2) });

        call.Duration.ShouldBe(TimeSpan.FromSeconds(3));
        var action = Customer.RequestsTo("/next").ShouldHaveSingleItem();
        action["DialCallStatus"].ShouldBe("completed");
        action["DialCallDuration"].ShouldBe("2");
        action["CallStatus"].ShouldBe("in-progress");
    }

    [Fact]
    public async Task Dial_CallerHangsUp_AsksTheActionAndIgnoresItsDocument()
    {
        Customer.Twiml = "<Response><Dial action=\"{base}/next\">+14255550123</Dial></Response>";
        Customer.NextTwiml = "<Response><Pause length=\"60\"/></Response>";

        var call = await Twilio.PlaceCallAsync(new CallScript { RingFor = TimeSpan.Zero, TalkFor = TimeSpan.FromSeconds(2) });

        call.Duration.ShouldBe(TimeSpan.FromSeconds(2));
        Customer.RequestsTo("/next").ShouldHaveSingleItem()["CallStatus"].ShouldBe("completed");
    }

    [Theory]
    [InlineData("record-from-answer", 1, 2)]
    [InlineData("record-from-answer-dual", 2, 2)]
    [InlineData("record-from-ringing-dual", 2, 3)]
    public async Task Dial_WithRecord_RecordsTheConversation(string record, int channels, int seconds)
    {
        Customer.Twiml = $"""
            <Response><Dial record="{record}" recordingStatusCallback="{"{base}"}/recording-status">+14255550123</Dial></Response>
            """;

        var call = await Twilio.PlaceCallAsync(new CallScript { RingFor = TimeSpan.FromSeconds(1), Caller = AudioSource.Pattern(1, TimeSpan.FromSeconds(2)) });

        var recording = call.Recordings.ShouldHaveSingleItem();
        recording.Source.ShouldBe("DialVerb");
        recording.Duration.ShouldBe(TimeSpan.FromSeconds(seconds));
        var told = Customer.RequestsTo("/recording-status").ShouldHaveSingleItem();
        told["RecordingChannels"].ShouldBe($"{channels}");
        told["RecordingDuration"].ShouldBe($"{seconds}");
        told["RecordingSource"].ShouldBe("DialVerb");
    }

    [Fact]
    public async Task Record_UntilTheKey_KeepsTheCallerAlone()
    {
        Customer.Twiml = "<Response><Record action=\"/next\" finishOnKey=\"#\" trim=\"do-not-trim\"/></Response>";

        var call = await Twilio.PlaceCallAsync(new CallScript
        {
            Caller = AudioSource.Pattern(1, TimeSpan.FromSeconds(9)),
            Keys = [new KeyPress(TimeSpan.FromSeconds(1), '5'), new KeyPress(TimeSpan.FromSeconds(2), '#')],
        });

        var action = Customer.RequestsTo("/next").ShouldHaveSingleItem();
        action["Digits"].ShouldBe("#");
        action["RecordingSid"].ShouldBe(call.Recordings[0].RecordingSid);
        action["RecordingDuration"].ShouldBe("2");
        call.Recordings[0].Channel(1).ShouldBe(call.Script.Caller.Samples[..call.Recordings[0].Channel(1).Length].ToArray());
    }

    [Fact]
    public async Task Record_CallerHangsUp_SaysSo()
    {
        Customer.Twiml = "<Response><Record action=\"/next\"/></Response>";

        await Twilio.PlaceCallAsync(new CallScript { Caller = AudioSource.Pattern(1, TimeSpan.FromSeconds(2)) });

        Customer.RequestsTo("/next").ShouldHaveSingleItem()["Digits"].ShouldBe("hangup");
    }

    [Fact]
    public async Task StartRecording_NothingButSilence_IsAbsent()
    {
        Customer.Twiml = """
            <Response><Start><Recording recordingStatusCallback="{base}/recording-status" recordingStatusCallbackEvent="completed absent"/></Start><Pause length="1"/></Response>
            """;

        var call = await Twilio.PlaceCallAsync(new CallScript());

        call.Recordings[0].Status.ShouldBe("absent");
        var told = Customer.RequestsTo("/recording-status").ShouldHaveSingleItem();
        told["RecordingStatus"].ShouldBe("absent");
        told["ErrorCode"].ShouldBe("16102");
    }

    [Fact]
    public async Task StartRecording_TrimSilence_CutsBothEnds()
    {
        Customer.Twiml = "<Response><Start><Recording/></Start><Pause length=\"1\"/><Say>ten chars.</Say><Pause length=\"1\"/></Response>";

        var call = await Twilio.PlaceCallAsync(new CallScript());

        call.Recordings[0].Duration.ShouldBe(TimeSpan.FromSeconds(0.6));
    }

    [Fact]
    public async Task MalformedTwiml_IsRefusedLoudlyAndTheCallStillEnds()
    {
        Customer.Twiml = "<Response><Dail>+14255550123</Dail></Response>";

        var call = Twilio.StartCall(new CallScript { StatusCallback = Customer.BaseUrl + "/call-status" });

        (await Should.ThrowAsync<TwimlException>(call.Completion)).Faults.ShouldHaveSingleItem();
        call.EndedAt.ShouldNotBeNull();
        call.Errors.ShouldHaveSingleItem().Code.ShouldBe(12100);
        Customer.RequestsTo("/call-status").ShouldHaveSingleItem()["CallStatus"].ShouldBe("completed");
    }

    [Theory]
    [InlineData(403)]
    [InlineData(500)]
    [InlineData(204)]
    public async Task VoiceUrl_NotAnswered200_EndsTheCallWithAnError(int status)
    {
        Customer.VoiceStatus = status;
        Customer.Twiml = "";

        var call = await Twilio.PlaceCallAsync(new CallScript());

        call.Errors.ShouldHaveSingleItem().Code.ShouldBe(11200);
        Customer.RequestsTo("/voice").Count.ShouldBe(1);
    }

    [Fact]
    public async Task OutboundCall_TellsTheEventsAskedFor()
    {
        Customer.Twiml = "<Response><Pause length=\"61\"/></Response>";

        await Twilio.PlaceCallAsync(new CallScript
        {
            Direction = "outbound-api",
            StatusCallback = Customer.BaseUrl + "/call-status",
            StatusCallbackEvents = ["initiated", "ringing", "answered", "completed"],
        });

        var told = Customer.RequestsTo("/call-status");
        told.Select(r => r["CallStatus"]).ShouldBe(["initiated", "ringing", "in-progress", "completed"]);
        told.Select(r => r["SequenceNumber"]).ShouldBe(["0", "1", "2", "3"]);
        told[3]["CallDuration"].ShouldBe("61");
        told[3]["Duration"].ShouldBe("2");
        Customer.RequestsTo("/voice").ShouldHaveSingleItem()["CallStatus"].ShouldBe("in-progress");
    }

    [Fact]
    public async Task HangUp_WhileTalking_EndsTheCallThere()
    {
        Customer.Twiml = $"<Response>{Stream}<Dial>+14255550123</Dial></Response>";
        var twilio = await StartTwilioAsync(o => o with { Speed = 20 });

        var call = twilio.StartCall(new CallScript { RingFor = TimeSpan.Zero, TalkFor = TimeSpan.FromHours(1) });
        await call.WhenReachesAsync(TimeSpan.FromSeconds(1));
        call.HangUp();
        await call.Completion;

        call.Duration.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(59));
        call.Streams[0].Ending.ShouldBe(StreamEnding.Stopped);
        await Should.ThrowAsync<InvalidOperationException>(() => call.WhenReachesAsync(TimeSpan.FromHours(1)));
    }
}
