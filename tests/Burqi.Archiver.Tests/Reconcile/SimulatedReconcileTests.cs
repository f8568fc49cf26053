using System.Text.Json.Nodes;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Assistants;
using Burqi.Contracts.Calls;
using Burqi.Contracts.Recordings;
using Burqi.Simulator;
using Burqi.Simulator.Audio;
using Burqi.Simulator.Recordings;
using Burqi.Simulator.Rest;
using Burqi.Testing;
using Microsoft.AspNetCore.Http;

namespace Burqi.Archiver.Tests.Reconcile;

/// <summary>Calls at the simulated provider of whose recordings nobody told us, or nobody told us all.</summary>
public sealed class SimulatedReconcileTests : ReconcileTest
{
    private const string Twiml =
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
          <Start><Recording channels="dual" track="both" trim="do-not-trim"/></Start>
          <Dial callerId="+18005551212"><Number>+14255550123</Number></Dial>
        </Response>
        """;

    private TwilioSimulator _twilio = null!;

    private static DateTimeOffset From => TimeProvider.System.GetUtcNow().AddHours(-1);

    private static DateTimeOffset To => TimeProvider.System.GetUtcNow();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Peer.Answers["/voice"] = (context, _) =>
        {
            context.Response.ContentType = "application/xml";
            return context.Response.WriteAsync(Twiml);
        };
        _twilio = await TwilioSimulator.StartAsync(new TwilioSimulatorOptions { AllowLoopback = true, Speed = double.PositiveInfinity });
        Settings["TWILIO_API_BASE_URL"] = _twilio.ApiBaseUrl;
        Settings["TWILIO_ACCOUNT_SID"] = _twilio.Options.AccountSid;
        Settings["TWILIO_AUTH_TOKEN"] = _twilio.Options.AuthToken;
        Settings["Archiver:Reconcile:PageSize"] = "20";
    }

    public override async ValueTask DisposeAsync()
    {
        await _twilio.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Run_SixtyOfAHundredNeverTold_AllAreFoundOverSeveralPagesCreatedOnceAndArchived()
    {
        var recordings = await RecordAsync(100);
        await using var archiver = await StartArchiverAsync();
        foreach (var told in recordings.Take(40))
        {
            await archiver.PublishAsync(Told(told));
        }

        await Eventually.BecomesTrueAsync(async () => await JobsAsync() == 40);
        var first = await RunAsync(archiver, From, To);

        first["status"]!.GetValue<string>().ShouldBe("completed", first.ToJsonString());
        (Count(first, "listed"), Count(first, "known"), Count(first, "missing"), Count(first, "missing_completed")).ShouldBe((100, 40, 60, 60));
        first["accounts"]![0]!["pages"]!.GetValue<int>().ShouldBe(5);
        var missing = first["missing"]!.AsArray();
        missing.Select(one => one!["recording_sid"]!.GetValue<string>()).ShouldBe(recordings.Skip(40).Select(recording => recording.RecordingSid), ignoreOrder: true);
        missing.Select(one => Guid.Parse(one!["recording_id"]!.GetValue<string>())).ShouldBe(recordings.Skip(40).Select(recording => IdOf(recording.CallSid, recording.RecordingSid)), ignoreOrder: true);
        missing.ShouldAllBe(one => one!["why"]!.GetValue<string>().Contains("would have been lost", StringComparison.Ordinal));

        await Eventually.BecomesTrueAsync(async () => await JobsAsync("status = 'completed'") == 100, TimeSpan.FromMinutes(1));
        archiver.Published.Of<ProviderRecordingReady>().Count.ShouldBe(40 + 60);
        StoredFiles().Count.ShouldBe(100);

        var second = await RunAsync(archiver, From, To);
        (Count(second, "listed"), Count(second, "known"), Count(second, "missing")).ShouldBe((100, 100, 0));
        second["missing"]!.AsArray().ShouldBeEmpty();
        archiver.Published.Of<ProviderRecordingReady>().Count.ShouldBe(100);

        var runs = (await GetAsync(archiver, "/reconciliations"))["items"]!.AsArray();
        runs.Select(run => run!["id"]!.GetValue<string>()).ShouldBe([second["id"]!.GetValue<string>(), first["id"]!.GetValue<string>()]);
        runs.Select(run => Count(run!, "missing")).ShouldBe([0L, 60L]);
    }

    [Fact]
    public async Task Run_FoundRecording_IsToldAsIngressWouldHaveAndSoIsItsCall()
    {
        var recording = (await RecordAsync(1)).Single();
        await using var archiver = await StartArchiverAsync();

        await RunAsync(archiver, From, To);
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<ProviderRecordingReady>().Count == 1 && archiver.Published.Of<CallEnded>().Count == 1);

        var told = archiver.Published.Of<ProviderRecordingReady>().Single();
        told.ShouldBe(Told(recording) with { StartedAt = told.StartedAt, ReadyAt = told.ReadyAt, DurationMs = told.DurationMs });
        told.StartedAt!.Value.ShouldBe(recording.StartedAt, TimeSpan.FromSeconds(1));
        ((double)told.DurationMs!.Value).ShouldBe(recording.Duration.TotalMilliseconds, 1000);
        var call = _twilio.Calls.Single();
        var started = archiver.Published.Of<CallStarted>().Single();
        (started.CallId, started.AccountId, started.Direction, started.From, started.To).ShouldBe(
            (call.CallSid, _twilio.Options.AccountSid, call.Script.Direction, call.Script.From, call.Script.To));
        var ended = archiver.Published.Of<CallEnded>().Single();
        (ended.CallId, ended.Status).ShouldBe((call.CallSid, CallStatuses.Completed));
        ended.EndedAt.ShouldBe(call.EndedAt!.Value, TimeSpan.FromSeconds(1));
        archiver.LogText.ShouldNotContain(call.Script.From);
        archiver.LogText.ShouldNotContain(call.Script.To);
    }

    [Fact]
    public async Task Run_TwoReplicasAskedAtOnce_EachRecordingIsFoundByOneOfThem()
    {
        await RecordAsync(30);
        await using var one = await StartArchiverAsync();
        await using var other = await StartArchiverAsync();

        var asked = await Task.WhenAll(AskAsync(one, From, To), AskAsync(other, From, To));
        var runs = await Task.WhenAll(EndOfAsync(one, asked[0]), EndOfAsync(other, asked[1]));

        runs.Sum(run => Count(run, "missing")).ShouldBe(30);
        runs.Sum(run => Count(run, "known")).ShouldBe(30);
        runs.ShouldAllBe(run => run["status"]!.GetValue<string>() == "completed");
        // One after the other: the second began when the first had ended.
        var times = runs.Select(run => (Began: run["started_at"]!.GetValue<DateTime>(), Ended: run["finished_at"]!.GetValue<DateTime>())).OrderBy(run => run.Began).ToArray();
        times[1].Began.ShouldBeGreaterThanOrEqualTo(times[0].Ended);
        await Eventually.BecomesTrueAsync(async () => await JobsAsync("status = 'completed'") == 30, TimeSpan.FromMinutes(1));
        one.Published.Of<ProviderRecordingReady>().Concat(other.Published.Of<ProviderRecordingReady>()).Select(told => told.RecordingId).ShouldBeUnique();
    }

    [Fact]
    public async Task Run_PageFailsForAWhile_IsAskedForAgainAndNothingIsLeftOut()
    {
        await RecordAsync(50);
        _twilio.Fail(new RestFault { Target = RestTarget.List, After = 1, Status = 429, RetryAfter = 1 });
        _twilio.Fail(new RestFault { Target = RestTarget.List, After = 2, Status = 503, Times = 5 });
        _twilio.Fail(new RestFault { Target = RestTarget.Call, After = 3, Status = 500, Times = 5 });
        await using var archiver = await StartArchiverAsync();

        var run = await RunAsync(archiver, From, To);

        run["status"]!.GetValue<string>().ShouldBe("completed", run.ToJsonString());
        Count(run, "missing").ShouldBe(50);
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<CallEnded>().Count == 50);
    }

    [Fact]
    public async Task Run_PageThatKeepsFailing_IsNamedWhatWasFoundStandsAndTheNextRunFindsTheRest()
    {
        await RecordAsync(50);
        Settings["Archiver:Reconcile:Attempts"] = "2";
        _twilio.Fail(new RestFault { Target = RestTarget.List, After = 1, Status = 503, Times = 6 }); // two attempts of three requests each
        await using var archiver = await StartArchiverAsync();

        var failed = await RunAsync(archiver, From, To);

        failed["status"]!.GetValue<string>().ShouldBe("failed");
        failed["error"]!.GetValue<string>().ShouldBe("Twilio answered 503.");
        failed["accounts"]![0]!["error"]!.GetValue<string>().ShouldBe("Twilio answered 503.");
        Count(failed, "missing").ShouldBe(20);
        Count(await RunAsync(archiver, From, To), "missing").ShouldBe(30);
        await Eventually.BecomesTrueAsync(async () => await JobsAsync("status = 'completed'") == 50, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Run_AnAccountWhoseCredentialsAreWrong_IsNamedAndTheOthersGoOn()
    {
        await RecordAsync(3);
        Settings["TWILIO_CREDENTIALS"] = "broken-one,main";
        Settings["TWILIO_BROKEN_ONE_ACCOUNT_SID"] = "AC000000000000000000000000000000ff";
        Settings["TWILIO_BROKEN_ONE_AUTH_TOKEN"] = "wrong";
        Settings["TWILIO_MAIN_ACCOUNT_SID"] = _twilio.Options.AccountSid;
        Settings["TWILIO_MAIN_AUTH_TOKEN"] = _twilio.Options.AuthToken;
        Settings["TWILIO_ACCOUNT_SID"] = null;
        Settings["TWILIO_AUTH_TOKEN"] = null;
        await using var archiver = await StartArchiverAsync();

        var run = await RunAsync(archiver, From, To);

        run["status"]!.GetValue<string>().ShouldBe("failed");
        var accounts = run["accounts"]!.AsArray().ToDictionary(account => account!["credentials"]!.GetValue<string>());
        accounts["broken-one"]!["error"]!.GetValue<string>().ShouldBe("Twilio did not accept TWILIO_BROKEN_ONE_ACCOUNT_SID and TWILIO_BROKEN_ONE_AUTH_TOKEN (401).");
        accounts["main"]!["status"]!.GetValue<string>().ShouldBe("completed");
        run["error"]!.GetValue<string>().ShouldContain("1 of 2 accounts");
        run["error"]!.GetValue<string>().ShouldContain("AC000000000000000000000000000000ff");
        Count(run, "missing").ShouldBe(3);
        await Eventually.BecomesTrueAsync(async () => await JobsAsync("status = 'completed'") == 3);
    }

    [Fact]
    public async Task Run_ByTheClock_LeavesWhatEndedJustNowToTheNextOne()
    {
        await RecordAsync(2);
        Settings["BURQI_RECONCILE_INTERVAL_MINUTES"] = "0.02";
        await using (var patient = await StartArchiverAsync())
        {
            var run = await ScheduledAsync(patient);
            (Count(run, "listed"), Count(run, "recent"), Count(run, "missing")).ShouldBe((2, 2, 0));
        }

        Settings["Archiver:Reconcile:Grace"] = "00:00:00";
        await using var archiver = await StartArchiverAsync();
        await Eventually.BecomesTrueAsync(async () => await JobsAsync("status = 'completed'") == 2);

        (await GetAsync(archiver, "/reconciliations"))["items"]!.AsArray().ShouldAllBe(run => run!["requested_by"]!.GetValue<string>() == "schedule");
    }

    [Fact]
    public async Task Run_ByTheClock_ReachesBackToTheLastOneThatCameToItsEnd()
    {
        Settings["BURQI_RECONCILE_INTERVAL_MINUTES"] = "60";
        await using (await StartArchiverAsync())
        {
            await Eventually.BecomesTrueAsync(async () => await ScalarAsync<bool>("select to_regclass('archiver.reconciliations') is not null"));
        }

        // Ten hours ago one ended well; since then one failed, and then nobody looked.
        await ExecuteAsync(
            """
            insert into archiver.reconciliations (id, provider, requested_by, window_from, window_to, status, created_at)
            values (gen_random_uuid(), 'twilio', 'schedule', now() - interval '12 hours', now() - interval '10 hours', 'completed', now() - interval '10 hours'),
                   (gen_random_uuid(), 'twilio', 'schedule', now() - interval '11 hours', now() - interval '9 hours', 'failed', now() - interval '9 hours')
            """);
        await using var archiver = await StartArchiverAsync();
        var run = await ScheduledAsync(archiver);

        (run["to"]!.GetValue<DateTime>() - run["from"]!.GetValue<DateTime>()).ShouldBe(TimeSpan.FromHours(11), TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Run_WhatWasHeardOfWithoutAJob_IsNotMissing()
    {
        var recordings = await RecordAsync(2);
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(Told(recordings[0]) with { AutoSave = false });
        await archiver.PublishAsync(new RecordingFailed
        {
            RecordingId = IdOf(recordings[1].CallSid, recordings[1].RecordingSid),
            Provider = "twilio",
            CallId = recordings[1].CallSid,
            RecordingType = RecordingTypes.Provider,
            RecordingSource = RecordingSources.Twilio,
            Status = RecordingStatuses.Absent,
            Reason = "Twilio kept no recording: it was silent.",
            FailedAt = StartedAt,
        });
        await Eventually.BecomesTrueAsync(async () => await ScalarAsync<long>("select count(*) from archiver.heard_recordings") == 2);

        var run = await RunAsync(archiver, From, To);

        (Count(run, "known"), Count(run, "missing")).ShouldBe((2, 0));
        (await JobsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Run_AssistantWantsNothingArchived_TheFoundRecordingStaysAtTheProvider()
    {
        var recording = (await RecordAsync(1)).Single();
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(new CallStarted { Provider = "twilio", CallId = recording.CallSid, AssistantId = "front-desk", StartedAt = StartedAt });
        await archiver.PublishAsync(Captured(Wav.Create(8000)) with { CallId = recording.CallSid, AssistantId = "front-desk", AutoSave = false, CreateDatabaseRecords = false });
        await Eventually.BecomesTrueAsync(async () => await ScalarAsync<long>("select count(*) from archiver.heard_calls where auto_save is false and assistant_id = 'front-desk'") == 1);

        var run = await RunAsync(archiver, From, To);
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<ProviderRecordingReady>().Count == 1);

        var told = archiver.Published.Of<ProviderRecordingReady>().Single();
        (told.AssistantId, told.AutoSave, told.CreateDatabaseRecords).ShouldBe(("front-desk", false, false));
        Count(run, "missing").ShouldBe(1);
        Count(await RunAsync(archiver, From, To), "missing").ShouldBe(0);
        (await JobsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Run_OnlyTheAssistantIsKnown_ItsSettingsDecide()
    {
        var recording = (await RecordAsync(1)).Single();
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(new AssistantSaved
        {
            AssistantId = "front-desk",
            Version = 1,
            Enabled = true,
            Format = "wav",
            SampleRate = 8000,
            Channels = 1,
            RecordUserAudio = true,
            RecordAssistantAudio = true,
            RecordMixedAudio = true,
            AutoSave = false,
            RecordingsDir = "recordings",
            CreateDatabaseRecords = false,
            SavedAt = StartedAt,
        });
        await archiver.PublishAsync(new CallStarted { Provider = "twilio", CallId = recording.CallSid, AssistantId = "front-desk", StartedAt = StartedAt });
        await Eventually.BecomesTrueAsync(async () =>
            await ScalarAsync<long>("select count(*) from archiver.heard_calls") == 1 && archiver.LogText.Contains("Assistant front-desk is known", StringComparison.Ordinal));

        await RunAsync(archiver, From, To);
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<ProviderRecordingReady>().Count == 1);

        var told = archiver.Published.Of<ProviderRecordingReady>().Single();
        (told.AssistantId, told.AutoSave, told.CreateDatabaseRecords).ShouldBe(("front-desk", false, false));
    }

    [Fact]
    public async Task Run_RecordingStillBeingMade_IsCountedAndNotCreated()
    {
        await using var live = await TwilioSimulator.StartAsync(new TwilioSimulatorOptions { AllowLoopback = true, Speed = 1 });
        Settings["TWILIO_API_BASE_URL"] = live.ApiBaseUrl;
        var call = live.StartCall(new()
        {
            VoiceUrl = $"{Peer.BaseUrl}/voice",
            Caller = AudioSource.Pattern(1, TimeSpan.FromMinutes(5)),
            Callee = AudioSource.Pattern(2, TimeSpan.FromMinutes(5)),
            RingFor = TimeSpan.Zero,
        });
        await Eventually.BecomesTrueAsync(() => call.Recordings is [{ Status: "in-progress" }]);
        await using var archiver = await StartArchiverAsync();

        var run = await RunAsync(archiver, From, To);

        (Count(run, "in_progress"), Count(run, "missing")).ShouldBe((1, 0));
        call.HangUp();
        await call.Completion;
        Count(await RunAsync(archiver, From, To), "missing").ShouldBe(1);
    }

    private static Task<JsonNode> ScheduledAsync(ArchiverHost archiver) => Eventually.ReturnsAsync(async () =>
    {
        var latest = (await GetAsync(archiver, "/reconciliations"))["items"]!.AsArray().FirstOrDefault();
        return latest?["status"]!.GetValue<string>() == "completed" ? latest : null;
    });

    private async Task<IReadOnlyList<SimulatedRecording>> RecordAsync(int calls)
    {
        var recordings = new List<SimulatedRecording>();
        for (var i = 0; i < calls; i++)
        {
            var call = await _twilio.PlaceCallAsync(new()
            {
                VoiceUrl = $"{Peer.BaseUrl}/voice",
                Caller = AudioSource.Pattern(1, TimeSpan.FromSeconds(1)),
                Callee = AudioSource.Pattern(2, TimeSpan.FromSeconds(1)),
                RingFor = TimeSpan.Zero,
            });
            recordings.Add(call.Recordings.ShouldHaveSingleItem());
        }

        return recordings;
    }

    private ProviderRecordingReady Told(SimulatedRecording recording) => Ready() with
    {
        RecordingId = IdOf(recording.CallSid, recording.RecordingSid),
        CallId = recording.CallSid,
        ProviderRecordingId = recording.RecordingSid,
        AccountId = _twilio.Options.AccountSid,
        DurationMs = (long)recording.Duration.TotalMilliseconds,
        StartedAt = recording.StartedAt,
    };
}
