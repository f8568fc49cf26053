using System.Text;
using Burqi.Catalog.Completeness;
using Burqi.Contracts.Calls;
using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Tests.Completeness;

/// <summary>What is an alarm and, above all, what is none.</summary>
public sealed class CompletenessRuleTests
{
    private const string FromTwiml = "StartCallRecordingTwiML";

    private static readonly DateTime Start = new(2026, 3, 1, 9, 30, 0, DateTimeKind.Utc);
    private static readonly CompletenessOptions Defaults = new();

    /// <summary>Of a minute, answered at once, ended long ago.</summary>
    private static readonly JudgedCall Call = new()
    {
        CallId = "CA1",
        Status = CallStatuses.Completed,
        DurationMs = 60_000,
        EndedAt = Start.AddSeconds(60),
        UpdatedAt = Start.AddSeconds(61),
        Now = Start.AddMinutes(30),
        Completeness = CompletenessStates.Pending,
    };

    [Fact]
    public void Call_RecordedOnEveryTrack_IsComplete() =>
        Judge(Call, Local(RecordingTypes.User), Local(RecordingTypes.Assistant), Local(RecordingTypes.Mixed), Provider())
            .ShouldBe(Judgement.Complete());

    [Fact]
    public void Call_NothingIsKnownOf_IsMissing()
    {
        var judgement = Judge(Call);
        judgement.State.ShouldBe(CompletenessStates.Missing);
        judgement.Reason.ShouldBe("Nothing of the call is recorded, and no recording was heard of.");
    }

    [Fact]
    public void Call_EndedAMomentAgo_IsLookedAtWhenFourFifthsOfTheTimeAreOver()
    {
        var now = Call.UpdatedAt.AddSeconds(1);
        Judge(Call with { Now = now }).ShouldBe(Judgement.Later(Call.EndedAt!.Value.AddMinutes(8)));
    }

    [Fact]
    public void Call_WhoseEndWasToldLate_LeavesItsRecordingsAMoment()
    {
        var told = Call.EndedAt!.Value.AddHours(2);
        Judge(Call with { UpdatedAt = told, Now = told.AddSeconds(1) }).ShouldBe(Judgement.Later(told.AddMinutes(2)));
    }

    [Fact]
    public void Call_WhoseEndLiesAheadByTheProvidersClock_IsLookedAtByOurs()
    {
        var call = Call with { EndedAt = Call.UpdatedAt.AddDays(1) };
        Judge(call with { Now = call.UpdatedAt.AddMinutes(9) }).State.ShouldBe(CompletenessStates.Missing);
    }

    [Theory]
    [InlineData(CallStatuses.Busy)]
    [InlineData(CallStatuses.NoAnswer)]
    [InlineData(CallStatuses.Canceled)]
    [InlineData(CallStatuses.Failed)]
    public void Call_NeverAnswered_IsComplete(string status) =>
        Judge(Call with { Status = status, DurationMs = 0 }).ShouldBe(Judgement.Complete("It was never answered."));

    [Fact]
    public void Call_WithoutLength_IsComplete() => Judge(Call with { DurationMs = 0 }).State.ShouldBe(CompletenessStates.Complete);

    [Fact]
    public void Leg_OfAnotherCall_IsComplete() => Judge(Call with { ParentCallId = "CA0" }).State.ShouldBe(CompletenessStates.Complete);

    [Fact]
    public void Call_OfAnAssistantThatIsNotRecorded_IsComplete() => Judge(Call with { IsRecorded = false }).State.ShouldBe(CompletenessStates.Complete);

    [Fact]
    public void Call_OfAnAssistantWhoseRecordingsAreNotListed_IsComplete() =>
        Judge(Call with { IsListed = false }).State.ShouldBe(CompletenessStates.Complete);

    [Fact]
    public void Call_OfAnAssistantThatWantsOneTrackAlone_IsCompleteWithIt() =>
        Judge(Call with { AssistantId = "a", IsRecorded = true, IsListed = true }, Local(RecordingTypes.Assistant)).ShouldBe(Judgement.Complete());

    [Fact]
    public void Call_StreamedOneSided_IsCompleteWithThatSide() =>
        Judge(Call, Local(RecordingTypes.User), Local(RecordingTypes.Mixed)).ShouldBe(Judgement.Complete());

    [Fact]
    public void Call_RecordedByTheProviderAlone_IsComplete() => Judge(Call, Provider()).ShouldBe(Judgement.Complete());

    [Fact]
    public void Call_RecordedFromTheStreamAlone_IsComplete() => Judge(Call, Local(RecordingTypes.Mixed)).ShouldBe(Judgement.Complete());

    [Fact]
    public void Recording_ThatStaysOnItsNode_IsCompleteOnceCaptured() =>
        Judge(Call, Local() with { Status = RecordingStatuses.Captured, StaysWhereItIs = true }).ShouldBe(Judgement.Complete());

    [Theory]
    [InlineData(55_000, true)]
    [InlineData(54_999, false)]
    public void Recording_ShorterThanTheCall_IsToleratedToTheMillisecond(long lengthMs, bool isComplete) =>
        (Judge(Call, Local(lengthMs: lengthMs)).State == CompletenessStates.Complete).ShouldBe(isComplete);

    [Fact]
    public void Track_ThatBrokeOff_IsIncompleteThoughOthersAreWhole()
    {
        var judgement = Judge(Call, Local(RecordingTypes.User, lengthMs: 30_000), Local(RecordingTypes.Assistant, lengthMs: 45_500), Local(RecordingTypes.Mixed));
        judgement.ShouldBe(new Judgement
        {
            State = CompletenessStates.Incomplete,
            RecordingType = RecordingTypes.User,
            RecordedMs = 30_000,
            Reason = "The assistant recording covers 45.5 of 60 s; the user recording covers 30 of 60 s.",
        });
    }

    [Fact]
    public void Track_ThatBrokeOff_IsCompleteOnceTheProvidersChannelFillsIt() =>
        Judge(Call, Local(RecordingTypes.User, lengthMs: 30_000), Split(RecordingTypes.User), Provider()).ShouldBe(Judgement.Complete());

    [Fact]
    public void Reconnect_WithAGapWithinTolerance_IsComplete() =>
        Judge(Call, Local(lengthMs: 30_000), Local(fromMs: 34_000, lengthMs: 26_000)).ShouldBe(Judgement.Complete());

    [Fact]
    public void Reconnect_WithAWiderGap_IsIncompleteByIt()
    {
        var judgement = Judge(Call, Local(lengthMs: 20_000), Local(fromMs: 34_000, lengthMs: 26_000));
        judgement.State.ShouldBe(CompletenessStates.Incomplete);
        judgement.RecordedMs.ShouldBe(46_000);
    }

    [Fact]
    public void Recordings_OfTheSameTime_CountOnce() =>
        Judge(Call, Local(lengthMs: 30_000), Local(lengthMs: 25_000), Local(fromMs: 10_000, lengthMs: 20_000)).RecordedMs.ShouldBe(30_000);

    [Fact]
    public void Recording_ThatBeganBeforeTheCallWasAnswered_IsComplete() =>
        Judge(Call, Local(fromMs: -20_000, lengthMs: 80_000)).ShouldBe(Judgement.Complete());

    [Fact]
    public void Call_HandedOverByAMenuElsewhere_IsMeasuredFromThere()
    {
        var call = Call with { HandedOverAt = Start.AddSeconds(40) };
        Judge(call, Local(fromMs: 40_500, lengthMs: 19_500)).ShouldBe(Judgement.Complete());
        Judge(call, Local(fromMs: 40_500, lengthMs: 10_000)).Reason.ShouldBe("The mixed recording covers 10 of 20 s.");
    }

    [Fact]
    public void Call_WithoutKnownLength_IsNotMeasured() => Judge(Call with { DurationMs = null }, Local(lengthMs: 3_000)).ShouldBe(Judgement.Complete());

    [Fact]
    public void Call_WithoutKnownLength_IsMissingAllTheSame() => Judge(Call with { DurationMs = null }).State.ShouldBe(CompletenessStates.Missing);

    [Fact]
    public void Call_StoppedOnPurpose_IsMeasuredToThere()
    {
        var call = Call with { LocalStoppedAt = Start.AddSeconds(20), ProviderStoppedAt = Start.AddSeconds(22) };
        Judge(call, Local(lengthMs: 20_000), Provider(lengthMs: 22_000)).ShouldBe(Judgement.Complete());
        Judge(call, Local(lengthMs: 10_000)).State.ShouldBe(CompletenessStates.Incomplete);
        Judge(call with { ProviderStoppedAt = null }, Local(lengthMs: 20_000), Provider(lengthMs: 22_000)).RecordingType.ShouldBe(RecordingTypes.Provider);
    }

    [Fact]
    public void Call_StoppedBeforeAnythingWasSaid_IsComplete() =>
        Judge(Call with { LocalStoppedAt = Start.AddSeconds(1), ProviderStoppedAt = Start.AddSeconds(1) }).State.ShouldBe(CompletenessStates.Complete);

    [Theory]
    [InlineData("DialVerb")]
    [InlineData("RecordVerb")]
    [InlineData("Conference")]
    [InlineData("StartCallRecordingAPI")]
    [InlineData("ANewOne")]
    public void ProviderRecording_ThatNeedNotLastAsLongAsTheCall_IsNotMeasured(string origin) =>
        Judge(Call, Provider(lengthMs: 20_000) with { Origin = origin }, Split(RecordingTypes.User, lengthMs: 20_000)).ShouldBe(Judgement.Complete());

    [Fact]
    public void ProviderRecording_OfTheWholeCall_IsMeasuredWithWhatWasMadeOfIt() =>
        Judge(Call, Provider(lengthMs: 20_000), Split(RecordingTypes.User, lengthMs: 20_000)).Reason
            .ShouldBe("The provider recording covers 20 of 60 s; the user recording covers 20 of 60 s.");

    [Fact]
    public void ProviderRecording_TrimmedOfSilence_IsNotMeasured() =>
        CompletenessRule.Judge(Call, [Provider(lengthMs: 20_000)], new() { ProviderTrims = true }).ShouldBe(Judgement.Complete());

    [Fact]
    public void ProviderRecording_Absent_IsNoAlarmWhereAnotherIsThere() =>
        Judge(Call, Local(), Provider() with { Status = RecordingStatuses.Absent, DurationMs = null }).ShouldBe(Judgement.Complete());

    [Fact]
    public void ProviderRecording_AbsentAndNothingElse_IsMissingWithTheReason() =>
        Judge(Call, Provider() with { Status = RecordingStatuses.Absent, DurationMs = null, Reason = "Twilio kept no recording: it was silent." }).Reason
            .ShouldBe("Nothing of the call is recorded; the provider recording is absent (Twilio kept no recording: it was silent).");

    [Fact]
    public void ShortCall_OfWhichNothingCouldBeHeard_IsComplete()
    {
        var call = Call with { DurationMs = 2_000 };
        Judge(call, Provider() with { Status = RecordingStatuses.Absent, DurationMs = null }).State.ShouldBe(CompletenessStates.Complete);
        Judge(call, Local() with { Status = RecordingStatuses.Failed, DurationMs = null }).State.ShouldBe(CompletenessStates.Complete);
    }

    [Fact]
    public void ShortCall_WhoseAudioWasLost_IsAnAlarm()
    {
        var call = Call with { DurationMs = 3_000 };
        Judge(call).State.ShouldBe(CompletenessStates.Missing);
        Judge(call, Local(lengthMs: 3_000) with { Status = RecordingStatuses.Failed }).State.ShouldBe(CompletenessStates.Missing);
        Judge(call, Provider(lengthMs: 3_000), Local(lengthMs: 3_000) with { Status = RecordingStatuses.Failed }).State.ShouldBe(CompletenessStates.Incomplete);
    }

    [Fact]
    public void Recording_Failed_IsIncompleteUnlessAnotherOfItsTypeIsWhole()
    {
        var failed = Local() with { Status = RecordingStatuses.Failed, DurationMs = null, Reason = "The disk of the media node is full." };
        Judge(Call, failed, Provider()).Reason.ShouldBe("The mixed recording is failed (The disk of the media node is full).");
        Judge(Call, failed, Local()).ShouldBe(Judgement.Complete());
        Judge(Call, failed).State.ShouldBe(CompletenessStates.Missing);
    }

    [Theory]
    [InlineData(RecordingStatuses.Captured)]
    [InlineData(RecordingStatuses.Archiving)]
    public void Recording_StillOnItsWay_IsIncompleteOnceItHadItsTime(string status)
    {
        var call = AfterMinutes(9);
        var recording = Local() with { Status = status, UpdatedAt = call.Now.AddMinutes(-8) };
        Judge(call, recording).Reason.ShouldBe($"The mixed recording is still on its way ({status}).");
        Judge(call, recording).RecordedMs.ShouldBe(60_000);

        var heardLater = recording with { UpdatedAt = call.Now.AddMinutes(-7.9) };
        Judge(call, heardLater).ShouldBe(Judgement.Later(call.Now.AddMinutes(0.1)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(9)]
    public void Recording_HeardOfLateOrAgain_DoesNotPutTheVerdictOff(double heardOfAfterMinutes)
    {
        var recording = Local() with { Status = RecordingStatuses.Captured, UpdatedAt = Call.UpdatedAt.AddMinutes(heardOfAfterMinutes) };
        Judge(AfterMinutes(9.4), recording).ShouldBe(Judgement.Later(Call.UpdatedAt.AddMinutes(9.5)));
        Judge(AfterMinutes(9.5), recording).State.ShouldBe(CompletenessStates.Incomplete);
        Judge(AfterMinutes(10), recording with { Status = RecordingStatuses.Completed }).ShouldBe(Judgement.Complete());
    }

    [Fact]
    public void Recording_FirstHeardOfAfterTheVerdict_HasItsTimeFromThenAndNoLonger()
    {
        var found = Call.UpdatedAt.AddHours(1);
        var recording = Provider() with { Status = RecordingStatuses.Archiving, CreatedAt = found, UpdatedAt = found };
        Judge(Call with { Now = found.AddMinutes(7) }, Local(), recording).ShouldBe(Judgement.Later(found.AddMinutes(8)));
        Judge(Call with { Now = found.AddMinutes(10) }, Local(), recording with { UpdatedAt = found.AddMinutes(9) })
            .State.ShouldBe(CompletenessStates.Incomplete);
    }

    [Fact]
    public void Recording_AtTheEndOfTheCalendar_IsJudgedAllTheSame()
    {
        var last = DateTime.SpecifyKind(DateTime.MaxValue, DateTimeKind.Utc);
        Judge(Call, Local() with { StartedAt = last }).State.ShouldBe(CompletenessStates.Incomplete);
        Judge(Call with { DurationMs = long.MaxValue, HandedOverAt = Start }, Local(lengthMs: long.MaxValue)).State.ShouldNotBeNull();
        Judge(Call with { EndedAt = DateTime.MinValue, HandedOverAt = Start }, Local()).State.ShouldNotBeNull();
        Judge(Call with { Status = CallStatuses.InProgress, DurationMs = null, EndedAt = null }, Local() with { StartedAt = last })
            .LookAgainAt.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Reason_ThatIsTooLong_IsNotCutWithinACharacter(int before)
    {
        var reason = new string('x', before) + string.Concat(Enumerable.Repeat("\U0001F4DE", 600));
        var sentence = Judge(Call, Local() with { Status = RecordingStatuses.Failed, Reason = reason }).Reason.ShouldNotBeNull();
        sentence.EnumerateRunes().ShouldNotContain(Rune.ReplacementChar);
        sentence.ShouldEndWith("….");
        sentence.Length.ShouldBeInRange(900, 902);
    }

    [Fact]
    public void Recording_ThatNeverEnded_IsAnAlarm()
    {
        var recording = Local() with { Status = RecordingStatuses.Recording, DurationMs = null, UpdatedAt = Start };
        Judge(Call, recording).State.ShouldBe(CompletenessStates.Missing);
        Judge(Call, recording, Provider()).Reason.ShouldBe("The mixed recording has begun and not ended.");
    }

    [Fact]
    public void Problem_BesideARecordingOnItsWay_IsToldAtOnceAndLookedAtAgain()
    {
        var judgement = Judge(
            AfterMinutes(8),
            Local(RecordingTypes.User) with { Status = RecordingStatuses.Failed, DurationMs = null },
            Local() with { Status = RecordingStatuses.Captured, UpdatedAt = Call.UpdatedAt.AddMinutes(1) });
        judgement.State.ShouldBe(CompletenessStates.Incomplete);
        judgement.LookAgainAt.ShouldBe(Call.UpdatedAt.AddMinutes(9));
    }

    [Fact]
    public void ShortTrack_WhileTheProvidersRecordingIsOnItsWay_IsWaitedFor()
    {
        var track = Local(RecordingTypes.User, lengthMs: 20_000);
        var onItsWay = Provider() with { Status = RecordingStatuses.Archiving, UpdatedAt = Call.UpdatedAt.AddMinutes(1) };
        Judge(AfterMinutes(8), track, onItsWay).ShouldBe(Judgement.Later(Call.UpdatedAt.AddMinutes(9)));

        var justCame = Provider() with { UpdatedAt = Call.Now.AddMinutes(-1) };
        Judge(Call, track, justCame).ShouldBe(Judgement.Later(Call.Now.AddMinutes(1)));
    }

    [Fact]
    public void AssistantsTracks_EndingWhereItHandedTheCallerOn_AreCompleteBesideTheProvidersRecording()
    {
        var call = Call with { AssistantId = "a", IsRecorded = true, IsListed = true };
        Judge(call, Local(RecordingTypes.User, lengthMs: 20_000), Provider()).ShouldBe(Judgement.Complete());
        Judge(call, Local(RecordingTypes.User, lengthMs: 20_000), Provider(lengthMs: 20_000)).State.ShouldBe(CompletenessStates.Incomplete);
        Judge(call, Local(RecordingTypes.User, lengthMs: 20_000)).State.ShouldBe(CompletenessStates.Incomplete);
        Judge(Call, Local(RecordingTypes.User, lengthMs: 20_000), Provider()).State.ShouldBe(CompletenessStates.Incomplete);
    }

    [Fact]
    public void Participant_WhoJoinedLater_IsNotMeasured() =>
        Judge(Call, Local(RecordingTypes.User), Local("participant3", fromMs: 40_000, lengthMs: 20_000)).ShouldBe(Judgement.Complete());

    [Fact]
    public void Recording_DeletedSince_CountsAsRecorded() =>
        Judge(Call, Local() with { Status = RecordingStatuses.Deleted }).ShouldBe(Judgement.Complete());

    [Fact]
    public void ProviderRecording_WithoutAPlaceInTime_IsMeasuredByItsLength()
    {
        Judge(Call, Provider() with { StartedAt = null }).ShouldBe(Judgement.Complete());
        Judge(Call, Split(RecordingTypes.User, lengthMs: 40_000) with { StartedAt = null }, Local(RecordingTypes.User, lengthMs: 30_000)).RecordedMs.ShouldBe(40_000);
    }

    [Fact]
    public void Call_WhoseEndNobodyTold_IsOverAWhileAfterItsRecordings()
    {
        var open = Call with { Status = CallStatuses.InProgress, DurationMs = null, EndedAt = null, UpdatedAt = Start };
        var lastWord = Start.AddSeconds(70);
        Judge(open with { Now = lastWord.AddMinutes(59) }, Local() with { UpdatedAt = lastWord }).ShouldBe(Judgement.Later(lastWord.AddMinutes(60)));
        Judge(open with { Now = lastWord.AddMinutes(60) }, Local() with { UpdatedAt = lastWord }).State.ShouldBe(CompletenessStates.Complete);
        Judge(open with { Now = lastWord.AddMinutes(60) }, Local() with { UpdatedAt = lastWord, Status = RecordingStatuses.Captured })
            .State.ShouldBe(CompletenessStates.Incomplete);
    }

    [Fact]
    public void Call_WhoseEndNobodyTold_GoesOnWhileItIsRecorded()
    {
        var open = Call with { Status = CallStatuses.InProgress, DurationMs = null, EndedAt = null, UpdatedAt = Start, Now = Start.AddHours(24) };
        var live = Local() with { Status = RecordingStatuses.Recording, DurationMs = null, UpdatedAt = Start };
        Judge(open, live).ShouldBe(Judgement.Later(Start.AddHours(25)));
        Judge(open with { Now = Start.AddHours(26) }, live).State.ShouldBe(CompletenessStates.Missing);
    }

    [Fact]
    public void Call_UnderWayWithoutRecordings_IsLookedAtWhenSomethingIsTold() =>
        Judge(Call with { Status = CallStatuses.InProgress, EndedAt = null, DurationMs = null }).ShouldBe(Judgement.Nothing);

    [Theory]
    [InlineData(55_000, CompletenessStates.Complete)]
    [InlineData(54_999, CompletenessStates.Incomplete)]
    [InlineData(4_000, CompletenessStates.Incomplete)]
    public void Mix_WithGapsOfBothSides_IsAsLongAsWhatCame(long coveredMs, string expected) =>
        Judge(AfterMinutes(10), Local() with { CoverageMs = coveredMs }).State.ShouldBe(expected);

    [Fact]
    public void Side_WithoutFrames_MayHaveHadNothingToSay() =>
        Judge(AfterMinutes(10), Local() with { CoverageMs = 60_000 }, Local(RecordingTypes.Assistant) with { CoverageMs = 0 }).State.ShouldBe(CompletenessStates.Complete);

    [Fact]
    public void Mix_ThatPointsAtTheProvidersRecording_HasNoGapsOfOurs() =>
        Judge(AfterMinutes(10), Local() with { CoverageMs = 4_000, Sid = "RE1" }, Provider()).State.ShouldBe(CompletenessStates.Complete);

    private static Judgement Judge(JudgedCall call, params JudgedRecording[] recordings) => CompletenessRule.Judge(call, recordings, Defaults);

    private static JudgedCall AfterMinutes(double minutes) => Call with { Now = Call.UpdatedAt.AddMinutes(minutes) };

    private static JudgedRecording Local(string type = RecordingTypes.Mixed, long fromMs = 0, long lengthMs = 60_000) => new()
    {
        CallId = "CA1",
        Source = RecordingSources.Local,
        Type = type,
        Status = RecordingStatuses.Completed,
        StartedAt = Start.AddMilliseconds(fromMs),
        DurationMs = lengthMs,
        CreatedAt = Start.AddSeconds(1),
        UpdatedAt = Start.AddSeconds(65),
    };

    private static JudgedRecording Provider(long lengthMs = 60_000) => Local(RecordingTypes.Provider, lengthMs: lengthMs) with
    {
        Source = RecordingSources.Twilio,
        Sid = "RE1",
        Origin = FromTwiml,
    };

    private static JudgedRecording Split(string type, long lengthMs = 60_000) => Provider(lengthMs) with { Type = type, Origin = null };
}
