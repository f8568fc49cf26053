using System.Text.Json.Nodes;
using Burqi.Simulator.Audio;
using Burqi.Simulator.Calls;
using Burqi.Simulator.Recordings;
using Burqi.Testing;

namespace Burqi.Simulator.Tests.Rest;

/// <summary>Twilio's own library takes the simulator for Twilio: its REST client works against it, and it believes its signatures.</summary>
public sealed class TwilioLibraryTests : SimulatorTest
{
    private const string UnknownRecording = "REffffffffffffffffffffffffffffffff";

    private static readonly CallScript Script = new()
    {
        Caller = AudioSource.Pattern(1, TimeSpan.FromSeconds(2)),
        Callee = AudioSource.Pattern(2, TimeSpan.FromSeconds(2)),
        RingFor = TimeSpan.Zero,
    };

    [Fact]
    public async Task List_MoreThanAPage_GivesEachRecordingOnce()
    {
        var recordings = new List<SimulatedRecording>();
        for (var i = 0; i < 5; i++)
        {
            recordings.Add(await RecordAsync());
        }

        var results = await AskAsync(
            new { @do = "list", options = new { pageSize = 2 } },
            new { @do = "list", options = new { pageSize = 2, limit = 3 } },
            new { @do = "list", options = new { callSid = recordings[1].CallSid } },
            new { @do = "listOfCall", call = recordings[2].CallSid },
            new { @do = "list", options = new { dateCreatedAfter = recordings[0].StartedAt.AddDays(1) } },
            new { @do = "list", options = new { dateCreatedAfter = recordings[0].StartedAt.AddDays(-1), dateCreatedBefore = recordings[0].StartedAt.AddDays(1) } });

        var all = recordings.Select(recording => recording.RecordingSid).ToArray();
        Sids(results[0]).ShouldBe(all, ignoreOrder: true);
        Sids(results[1]).Length.ShouldBe(3);
        Sids(results[2]).ShouldBe([all[1]]);
        Sids(results[3]).ShouldBe([all[2]]);
        Sids(results[4]).ShouldBeEmpty();
        Sids(results[5]).ShouldBe(all, ignoreOrder: true);
    }

    [Fact]
    public async Task ListCalls_MoreThanAPage_GivesEachCallOnce()
    {
        var calls = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            calls.Add((await RecordAsync()).CallSid);
        }

        var started = Twilio.Calls[0].StartedAt;
        var results = await AskAsync(
            new { @do = "listCalls", options = new { pageSize = 2 } },
            new { @do = "listCalls", options = new { pageSize = 2, limit = 3 } },
            new { @do = "listCalls", options = new { status = "completed", startTimeAfter = started.AddDays(-1), startTimeBefore = started.AddDays(1) } },
            new { @do = "listCalls", options = new { status = "busy" } },
            new { @do = "listCalls", options = new { startTimeAfter = started.AddDays(1) } },
            new { @do = "fetchCall", call = calls[3] });

        Sids(results[0]).ShouldBe(calls, ignoreOrder: true);
        Sids(results[1]).Length.ShouldBe(3);
        Sids(results[2]).ShouldBe(calls, ignoreOrder: true);
        Sids(results[3]).ShouldBeEmpty();
        Sids(results[4]).ShouldBeEmpty();
        var call = results[5]["result"]!;
        (call["sid"]!.GetValue<string>(), call["status"]!.GetValue<string>(), call["duration"]!.GetValue<string>()).ShouldBe((calls[3], "completed", "2"));
        call["endTime"].ShouldNotBeNull();
    }

    [Fact]
    public async Task Fetch_Recording_IsReadFieldByField()
    {
        var recording = await RecordAsync();

        var fetched = (await AskAsync(new { @do = "fetch", recording = recording.RecordingSid }))[0]["result"]!;

        Text("sid").ShouldBe(recording.RecordingSid);
        Text("callSid").ShouldBe(recording.CallSid);
        Text("accountSid").ShouldBe(Twilio.Options.AccountSid);
        Text("apiVersion").ShouldBe("2010-04-01");
        Text("duration").ShouldBe("2");
        Text("status").ShouldBe("completed");
        Text("source").ShouldBe("StartCallRecordingTwiML");
        Text("priceUnit").ShouldBe("USD");
        Text("mediaUrl").ShouldEndWith($"/Recordings/{recording.RecordingSid}");
        fetched["channels"]!.GetValue<int>().ShouldBe(2);
        fetched["errorCode"].ShouldBeNull();
        fetched["encryptionDetails"].ShouldBeNull();
        // The library reads the times; one it could not read would be null.
        DateTimeOffset.Parse(Text("startTime"), System.Globalization.CultureInfo.InvariantCulture).ShouldBe(recording.StartedAt, TimeSpan.FromSeconds(1));
        DateTimeOffset.Parse(Text("dateCreated"), System.Globalization.CultureInfo.InvariantCulture).ShouldBe(recording.StartedAt, TimeSpan.FromSeconds(1));

        string Text(string name) => fetched[name].ShouldNotBeNull(name).GetValue<string>();
    }

    [Fact]
    public async Task Remove_Recording_IsGoneButForWhoAsksForDeletedOnes()
    {
        var recording = await RecordAsync();

        var results = await AskAsync(
            new { @do = "remove", recording = recording.RecordingSid },
            new { @do = "fetch", recording = recording.RecordingSid },
            new { @do = "fetch", recording = recording.RecordingSid, options = new { includeSoftDeleted = true } },
            new { @do = "remove", recording = recording.RecordingSid },
            new { @do = "list", options = new { } },
            new { @do = "list", options = new { includeSoftDeleted = true } });

        results[0]["result"]!.GetValue<bool>().ShouldBeTrue();
        ShouldBeError(results[1], 404, 20404);
        results[2]["result"]!["status"]!.GetValue<string>().ShouldBe("deleted");
        ShouldBeError(results[3], 404, 20404);
        Sids(results[4]).ShouldBeEmpty();
        Sids(results[5]).ShouldBe([recording.RecordingSid]);
        recording.Status.ShouldBe("deleted");
    }

    [Fact]
    public async Task Anything_WithoutTheRightCredentials_IsRefused()
    {
        var twilio = await StartTwilioAsync(options => options with { ApiKeys = [new("SK00000000000000000000000000000001", "secret")] });

        ShouldBeError((await AskAsync(twilio, "SK00000000000000000000000000000001", "wrong", new { @do = "list" }))[0], 401, 20003);
        ShouldBeError((await AskAsync(twilio, twilio.Options.AccountSid, "wrong", new { @do = "list" }))[0], 401, 20003);
        Sids((await AskAsync(twilio, "SK00000000000000000000000000000001", "secret", new { @do = "list" }))[0]).ShouldBeEmpty();
        ShouldBeError((await AskAsync(new { @do = "fetch", recording = UnknownRecording }))[0], 404, 20404);
    }

    [Fact]
    public async Task Account_AndItsNumbers_AreAsTheLibraryReadsThem()
    {
        const string key = "SK00000000000000000000000000000001";
        var twilio = await StartTwilioAsync(options => options with
        {
            AccountStatus = "suspended",
            ApiKeys = [new(key, "secret")],
            SecondaryAuthToken = "secondary",
            PhoneNumbers = [.. Enumerable.Range(0, 5).Select(i => new PhoneNumber($"+1555010000{i}", $"https://burqi.example.com/twilio/voice?to={i}") { VoiceMethod = "GET" })],
        });

        var results = await AskAsync(
            twilio, twilio.Options.AccountSid, twilio.Options.AuthToken, new { @do = "fetchAccount" }, new { @do = "listNumbers", options = new { pageSize = 2 } });

        results[0]["result"]!["status"]!.GetValue<string>().ShouldBe("suspended");
        results[0]["result"]!["authToken"]!.GetValue<string>().ShouldBe(twilio.Options.AuthToken);
        var numbers = results[1]["result"]!.AsArray();
        numbers.Select(number => number!["phoneNumber"]!.GetValue<string>()).ShouldBe(twilio.Options.PhoneNumbers.Select(number => number.Number));
        numbers[4]!["voiceUrl"]!.GetValue<string>().ShouldBe("https://burqi.example.com/twilio/voice?to=4");
        numbers[4]!["voiceMethod"]!.GetValue<string>().ShouldBe("GET");

        (await AskAsync(twilio, twilio.Options.AccountSid, "secondary", new { @do = "fetchAccount" }))[0]["error"].ShouldBeNull();
        var byKey = await AskAsync(twilio, key, "secret", new { @do = "fetchAccount" }, new { @do = "listNumbers" });
        ShouldBeError(byKey[0], 401, 20003);
        byKey[1]["result"]!.AsArray().Count.ShouldBe(5);
    }

    [Fact]
    public async Task Update_RecordingOfALiveCall_IsPausedResumedStoppedAndTheCallEnded()
    {
        UseTwiml();
        var twilio = await StartTwilioAsync(options => options with { Speed = 1 });
        var call = twilio.StartCall(Script with { Caller = AudioSource.Pattern(1, TimeSpan.FromMinutes(5)), Callee = AudioSource.Pattern(2, TimeSpan.FromMinutes(5)) });
        await Eventually.BecomesTrueAsync(() => call.Recordings is [{ Status: "in-progress" }]);
        var recording = call.Recordings.ShouldHaveSingleItem().RecordingSid;

        var results = await AskAsync(
            twilio,
            twilio.Options.AccountSid,
            twilio.Options.AuthToken,
            new { @do = "update", call = call.CallSid, recording, options = new { status = "paused", pauseBehavior = "silence" } },
            new { @do = "update", call = call.CallSid, recording = "Twilio.CURRENT", options = new { status = "in-progress" } },
            new { @do = "start", call = call.CallSid, options = new { recordingChannels = "dual", recordingStatusCallbackEvent = new[] { "in-progress", "completed" } } },
            new { @do = "update", call = call.CallSid, recording, options = new { status = "stopped" } },
            new { @do = "hangUp", call = call.CallSid });

        results.Take(4).Select(result => result["result"]?["status"]?.GetValue<string>()).Take(3).ShouldBe(["paused", "in-progress", "in-progress"]);
        results[2]["result"]!["channels"]!.GetValue<int>().ShouldBe(2);
        results[3]["error"].ShouldBeNull();
        results[4]["error"].ShouldBeNull();
        await call.Completion;
        ShouldBeError((await AskAsync(twilio, twilio.Options.AccountSid, twilio.Options.AuthToken, new { @do = "start", call = call.CallSid, options = new { } }))[0], 400, 21220);
    }

    [Fact]
    public async Task Webhooks_OfTheSimulator_AreSignedAsTheLibraryExpects()
    {
        Customer.Twiml = """<Response><Start><Recording channels="dual" recordingStatusCallback="{base}/recording?x=%2Fa+b#rc=1" recordingStatusCallbackEvent="in-progress completed absent"/></Start><Dial>+14255550123</Dial></Response>""";
        await Twilio.PlaceCallAsync(Script);

        var requests = Customer.Requests.Where(request => request.Method == "POST").ToArray();
        var verdicts = await TwilioLibrary.AskAsync(
            "validate",
            new
            {
                requests = requests.SelectMany(request => new[] { Twilio.Options.AuthToken, "another" }.Select(token => new
                {
                    token,
                    url = Customer.BaseUrl + request.RawTarget,
                    form = request.Form.ToDictionary(field => field.Key, field => field.Value, StringComparer.Ordinal),
                    signature = request.Signature,
                })),
            },
            Cancellation);

        requests.Select(request => request.Path).Distinct().ShouldBe(["/voice", "/recording"]);
        verdicts.AsArray().Select(verdict => verdict!.GetValue<bool>()).ShouldBe(requests.SelectMany(_ => new[] { true, false }));
    }

    private static void ShouldBeError(JsonNode result, int status, int code)
    {
        var error = result["error"].ShouldNotBeNull(result.ToJsonString());
        (error["status"]!.GetValue<int>(), error["code"]!.GetValue<int>()).ShouldBe((status, code));
    }

    private static string[] Sids(JsonNode result) =>
        [.. result["result"].ShouldNotBeNull(result.ToJsonString()).AsArray().Select(recording => recording!["sid"]!.GetValue<string>())];

    private async Task<SimulatedRecording> RecordAsync()
    {
        UseTwiml();
        return (await Twilio.PlaceCallAsync(Script)).Recordings.ShouldHaveSingleItem();
    }

    private void UseTwiml() => Customer.Twiml = """<Response><Start><Recording channels="dual" trim="do-not-trim"/></Start><Dial>+14255550123</Dial></Response>""";

    private Task<IReadOnlyList<JsonNode>> AskAsync(params object[] steps) => AskAsync(Twilio, Twilio.Options.AccountSid, Twilio.Options.AuthToken, steps);

    private static async Task<IReadOnlyList<JsonNode>> AskAsync(TwilioSimulator twilio, string user, string password, params object[] steps)
    {
        var answers = await TwilioLibrary.AskAsync(
            "rest", new { baseUrl = twilio.ApiBaseUrl, accountSid = twilio.Options.AccountSid, user, password, steps }, Cancellation);
        return [.. answers.AsArray().Select(answer => answer!)];
    }
}
