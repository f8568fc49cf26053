using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Burqi.EndToEnd.Tests.Stack;
using Burqi.Simulator.Audio;
using Burqi.Simulator.Calls;
using Burqi.Testing;

namespace Burqi.EndToEnd.Tests;

/// <summary>All that a team on Twilio relies on, through a load balancer that ends TLS.</summary>
public sealed class BalancedCallTests(BalancedStack stack) : IClassFixture<BalancedStack>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    public static TheoryData<string> Troubles => ["none", "repeated", "reordered", "late", "all at once"];

    [Fact]
    public async Task Doctor_OfTheWholeStack_FindsNothingWrong()
    {
        var (exitCode, output) = await stack.RunAsync("doctor", "twilio", "--connect-to", stack.BalancerAddress);

        exitCode.ShouldBe(0, output);
    }

    [Theory]
    [MemberData(nameof(Troubles))]
    public async Task Call_WhateverBecomesOfItsCallbacks_EndsAsTheSameRows(string trouble)
    {
        var repeated = new CallbackFault { Kind = CallbackFaultKind.Repeated, Times = 2 };
        var reordered = new CallbackFault { Kind = CallbackFaultKind.Reordered };
        var late = new CallbackFault { Kind = CallbackFaultKind.Late, Delay = TimeSpan.FromSeconds(1.5) };
        var call = await stack.Twilio.PlaceCallAsync(TwoPartyCall.Of(TimeSpan.FromSeconds(4)) with
        {
            Callbacks = trouble switch
            {
                "repeated" => [repeated],
                "reordered" => [reordered],
                "late" => [late with { About = "recording" }],
                "all at once" => [repeated with { About = "recording", Rate = 0.7 }, late with { About = "call" }, reordered with { About = "stream" }, late with { Event = "in-progress" }],
                _ => [],
            },
        });

        call.Errors.ShouldBeEmpty();
        var recording = call.Recordings.ShouldHaveSingleItem();
        var rows = await Evidence.FourCompletedAsync(stack.Api, call.CallSid);
        var (user, assistant, mixed) = Evidence.Expected(call);
        (await SamplesAsync(call, rows["user"])).ShouldHold(user);
        (await SamplesAsync(call, rows["assistant"])).ShouldHold(assistant);
        Evidence.MixOfOurs(stack.RecordingsFolder, call.CallSid).ShouldHold(mixed);
        (await SamplesAsync(call, rows["provider"])).ShouldBe(Evidence.ReadWav(recording.ToWav(2)));
        rows.ShouldBeUpgraded();
        (await SamplesAsync(call, rows["mixed"])).ShouldBe(Evidence.ReadWav(recording.ToWav(2)));
        Text(await DetailsAsync(call.CallSid), "status").ShouldBe("completed");
    }

    [Fact]
    public async Task Call_PausedAndResumed_IsSilentForAsLongOnBothSides()
    {
        var call = stack.Twilio.StartCall(TwoPartyCall.Of(TimeSpan.FromSeconds(24)));
        await call.WhenReachesAsync(TimeSpan.FromSeconds(4));
        await Eventually.BecomesTrueAsync(async () => (await Evidence.RecordingsOfAsync(stack.Api, call.CallSid)).Count(row => row.Status == "recording") == 4);

        var paused = await ControlAsync(call, "pause");
        await call.WhenReachesAsync(call.Now + TimeSpan.FromSeconds(4));
        var resumed = await ControlAsync(call, "resume");
        await call.Completion;

        paused.ShouldBe(["local: True", "provider: True"]);
        resumed.ShouldBe(["local: True", "provider: True"]);
        var rows = await Evidence.FourCompletedAsync(stack.Api, call.CallSid);
        var (user, assistant, _) = Evidence.Expected(call);
        foreach (var (type, heard) in new[] { ("user", user), ("assistant", assistant) })
        {
            var (from, until) = ShouldHoldButForAPause((await SamplesAsync(call, rows[type])).ShouldHaveSingleItem(), heard);
            (until - from).ShouldBeGreaterThan(3 * 8000, "the pause lasted four seconds of the call");
        }

        var provider = await SamplesAsync(call, rows["provider"]);
        provider.ShouldBe(Evidence.ReadWav(call.Recordings.ShouldHaveSingleItem().ToWav(2)));
        ShouldHoldButForAPause(provider[0], user);

        var details = await DetailsAsync(call.CallSid);
        details.GetProperty("pauses").EnumerateArray().Select(pause => Text(pause, "scope")).ShouldBe(["local", "provider"], ignoreOrder: true);
        (await EventsAsync(call.CallSid)).ShouldContain("control_requested");
    }

    [Fact]
    public async Task Call_WhoseRecordingIsStopped_GoesOnUnrecorded()
    {
        var call = stack.Twilio.StartCall(TwoPartyCall.Of(TimeSpan.FromSeconds(24)));
        await call.WhenReachesAsync(TimeSpan.FromSeconds(4));
        await Eventually.BecomesTrueAsync(async () => (await Evidence.RecordingsOfAsync(stack.Api, call.CallSid)).Count(row => row.Status == "recording") == 4);

        var stopped = await ControlAsync(call, "stop");
        var after = call.Now;
        await call.Completion;

        stopped.ShouldBe(["local: True", "provider: True"]);
        call.Status.ShouldBe("completed");
        call.Duration.ShouldBeGreaterThan(TimeSpan.FromSeconds(23));
        var rows = await Evidence.FourCompletedAsync(stack.Api, call.CallSid);
        rows.Values.ShouldAllBe(row => row.DurationMs <= after.TotalMilliseconds + 1000);
        var user = (await SamplesAsync(call, rows["user"])).ShouldHaveSingleItem();
        user.AsSpan().CommonPrefixLength(Evidence.Expected(call).User).ShouldBe(user.Length);
        (await stack.Api.PostAsync(new Uri($"/calls/{call.CallSid}/recording/resume", UriKind.Relative), null)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Call_RecordedOnTwoChannels_IsSplitByRole()
    {
        var call = await stack.Twilio.PlaceCallAsync(TwoPartyCall.Of(TimeSpan.FromSeconds(4)));
        var recording = call.Recordings.ShouldHaveSingleItem();

        IReadOnlyList<RecordingRow> channels = [];
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                channels = [.. (await Evidence.RecordingsOfAsync(stack.Api, call.CallSid)).Where(row => row.IsSplit)];
                return channels.Count == 2 && channels.All(row => row.Status == "completed");
            },
            Limit);

        channels.Select(row => (row.Type, row.Source)).ShouldBe([("assistant", "twilio"), ("user", "twilio")]);
        var whole = Evidence.ReadWav(recording.ToWav(2));
        (await SamplesAsync(call, channels[1])).ShouldHold(whole[0]);
        (await SamplesAsync(call, channels[0])).ShouldHold(whole[1]);
    }

    [Fact]
    public async Task Recording_OfAnAssistantThatWantsIt_IsDeletedAtTwilioOnceItIsSafeHere()
    {
        var assistant = $"assistant-{Guid.NewGuid():N}";
        using var saved = await stack.Api.PutAsJsonAsync(
            new Uri($"/assistants/{assistant}", UriKind.Relative), new { delete_at_provider_after_days = 0, recording_settings = new { enabled = true, format = "wav" } });
        saved.StatusCode.ShouldBe(HttpStatusCode.Created);
        await Eventually.BecomesTrueAsync(() => Directory.EnumerateFiles(stack.DataFolder, assistant + ".json", SearchOption.AllDirectories).Count() == 3);

        var call = await stack.Twilio.PlaceCallAsync(new CallScript
        {
            VoiceUrl = $"{BalancedStack.PublicUrl}/twiml?assistant_id={assistant}",
            Caller = AudioSource.Pattern(1, TimeSpan.FromSeconds(3)),
        });
        var recording = call.Recordings.ShouldHaveSingleItem();
        var audio = Evidence.ReadWav(recording.ToWav(2));

        await Eventually.BecomesTrueAsync(() => recording.Status == "deleted", Limit);
        await Eventually.BecomesTrueAsync(async () => (await EventsAsync(call.CallSid)).Contains("provider_copy_deleted"), Limit);
        var provider = (await Evidence.RecordingsOfAsync(stack.Api, call.CallSid)).Single(row => row.Type == "provider");
        provider.Says("deleted_at_provider_at").ShouldNotBeNull();
        (await SamplesAsync(call, provider)).ShouldBe(audio, "what was deleted at Twilio is whole here");
    }

    [Fact]
    public async Task Callbacks_ThatNeverCame_AreMadeUpForByReconciling()
    {
        var call = await stack.Twilio.PlaceCallAsync(TwoPartyCall.Of(TimeSpan.FromSeconds(4)) with { Callbacks = [new CallbackFault { Kind = CallbackFaultKind.Missing }] });
        await Eventually.BecomesTrueAsync(async () => (await Evidence.RecordingsOfAsync(stack.Api, call.CallSid)).Count(row => row.Status == "completed") == 3, Limit);
        Text(await DetailsAsync(call.CallSid), "status").ShouldNotBe("completed", "nobody told of its end");

        var (found, output) = await ReconcileAsync(call);

        found.ShouldBe(1, output);
        output.ShouldContain(call.Recordings.ShouldHaveSingleItem().RecordingSid[..10]);
        var rows = await Evidence.FourCompletedAsync(stack.Api, call.CallSid);
        rows.ShouldBeUpgraded();
        await Eventually.BecomesTrueAsync(async () => Text(await DetailsAsync(call.CallSid), "status") == "completed", Limit);
        (await ReconcileAsync(call)).ExitCode.ShouldBe(0, "what is known is not missing");
    }

    [Fact]
    public async Task Gap_OfALostStreamAndALostCallback_IsFoundAndClearedWhenTheRecordingArrives()
    {
        // The stream dies after two of twelve seconds, and nobody tells of Twilio's own recording.
        var call = await stack.Twilio.PlaceCallAsync(TwoPartyCall.Of(TimeSpan.FromSeconds(12)) with
        {
            Media = new MediaFaults { DiesAt = TimeSpan.FromSeconds(2) },
            Callbacks = [new CallbackFault { Kind = CallbackFaultKind.Missing, About = "recording" }],
        });

        await Eventually.BecomesTrueAsync(async () => Text(await DetailsAsync(call.CallSid), "completeness") == "incomplete", Limit);
        var gaps = await stack.Api.GetFromJsonAsync<JsonElement>(new Uri("/calls?completeness=incomplete", UriKind.Relative));
        gaps.GetProperty("items").EnumerateArray().Select(item => Text(item, "call_id")).ShouldContain(call.CallSid);

        (await ReconcileAsync(call)).ExitCode.ShouldBe(1);

        await Eventually.BecomesTrueAsync(async () => Text(await DetailsAsync(call.CallSid), "completeness") == "complete", Limit);
    }

    [Fact]
    public async Task Cost_OfACall_IsShownByMonthWithTwiliosPrices()
    {
        var call = await stack.Twilio.PlaceCallAsync(TwoPartyCall.Of(TimeSpan.FromSeconds(4)));
        await Evidence.FourCompletedAsync(stack.Api, call.CallSid);
        var from = call.StartedAt.UtcDateTime.Date.AddDays(-1).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var to = call.StartedAt.UtcDateTime.Date.AddDays(2).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

        var (exitCode, output) = await stack.RunAsync("cost", "--from", from, "--to", to);

        exitCode.ShouldBe(0, output);
        output.ShouldContain(call.StartedAt.ToString("yyyy-MM", CultureInfo.InvariantCulture));
        var usage = await stack.Api.GetFromJsonAsync<JsonElement>(new Uri($"/usage?from={from}&to={to}", UriKind.Relative));
        var totals = usage.GetProperty("totals");
        totals.GetProperty("provider_minutes").GetInt64().ShouldBeGreaterThanOrEqualTo(1);
        totals.GetProperty("recording_price").GetDecimal().ShouldBe(totals.GetProperty("provider_minutes").GetInt64() * 0.0025m);
    }

    private Task<(int ExitCode, string Output)> ReconcileAsync(SimulatedCall call) => stack.RunAsync(
        "reconcile", "--provider", "twilio",
        "--from", call.StartedAt.AddSeconds(-1).UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        "--to", call.EndedAt!.Value.AddSeconds(1).UtcDateTime.ToString("O", CultureInfo.InvariantCulture));

    private async Task<IReadOnlyList<string?>> EventsAsync(string callSid) =>
        [.. (await DetailsAsync(callSid)).GetProperty("events").EnumerateArray().Select(happened => Text(happened, "event"))];

    /// <summary>Asks for a control and returns what came of it, by scope.</summary>
    private async Task<IReadOnlyList<string>> ControlAsync(SimulatedCall call, string action)
    {
        using var answer = await stack.Api.PostAsync(new Uri($"/calls/{call.CallSid}/recording/{action}", UriKind.Relative), null);
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, body);
        using var result = JsonDocument.Parse(body);
        return [.. result.RootElement.GetProperty("answers").EnumerateArray().Select(one => $"{Text(one, "scope")}: {one.GetProperty("applied").GetBoolean()}").Order(StringComparer.Ordinal)];
    }

    /// <summary>The samples are those expected, each in its place, but for one stretch of silence; returns where that lies.</summary>
    private static (int From, int Until) ShouldHoldButForAPause(short[] captured, short[] expected)
    {
        captured.Length.ShouldBe(expected.Length);
        var from = captured.AsSpan().CommonPrefixLength(expected);
        var until = captured.Length;
        while (until > from && captured[until - 1] == expected[until - 1])
        {
            until--;
        }

        from.ShouldBeLessThan(until, "there was a pause");
        captured.AsSpan(from, until - from).ContainsAnyExcept((short)0).ShouldBeFalse($"all from sample {from} to {until} is silent");
        return (from, until);
    }

    private Task<JsonElement> DetailsAsync(string callSid) => stack.Api.GetFromJsonAsync<JsonElement>(new Uri($"/calls/{callSid}", UriKind.Relative));

    private Task<short[][]> SamplesAsync(SimulatedCall call, RecordingRow row) => Evidence.SamplesAsync(stack.Api, call.CallSid, row);

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();
}
