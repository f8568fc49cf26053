using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Burqi.EndToEnd.Tests.Stack;
using Burqi.Simulator.Calls;

namespace Burqi.EndToEnd.Tests;

/// <summary>A live call's recordings are paused, resumed and stopped by the API: ours at media, the provider's at Twilio.</summary>
[Collection(DistributedCollection.Name)]
public sealed class RecordingControlTests(DistributedStack stack) : IDisposable
{
    private const int Frame = 160;

    private readonly HttpClient api = stack.CreateApiClient();

    [Fact]
    public async Task Recording_PausedResumedAndStopped_HoldsSilenceOfEqualLengthAndNothingAfterTheStop()
    {
        var call = stack.Twilio.StartCall(TwoPartyCall.Of(TimeSpan.FromSeconds(60)));
        await call.WhenReachesAsync(TimeSpan.FromSeconds(4));
        await Evidence.CaptureBeganAsync(stack.RecordingsFolder, call.CallSid);

        (await ControlAsync(call, "pause")).ShouldBeDone();
        var recording = call.Recordings.ShouldHaveSingleItem();
        recording.Status.ShouldBe("paused");
        var silentFrom = call.Now + TimeSpan.FromSeconds(1);
        await call.WhenReachesAsync(silentFrom + TimeSpan.FromSeconds(6));
        var silentTo = call.Now;
        (await ControlAsync(call, "resume")).ShouldBeDone();
        recording.Status.ShouldBe("in-progress");
        var heardFrom = call.Now + TimeSpan.FromSeconds(1);
        await call.WhenReachesAsync(heardFrom + TimeSpan.FromSeconds(6));
        var heardTo = call.Now;
        (await ControlAsync(call, "stop")).ShouldBeDone();
        recording.Status.ShouldBe("completed");

        // All of it is archived while the two go on talking, and nothing more comes of what they say.
        var rows = await Evidence.FourCompletedAsync(api, call.CallSid);
        call.EndedAt.ShouldBeNull();
        (await ControlAsync(call, "pause")).Status.ShouldBe(HttpStatusCode.Conflict);
        call.HangUp();
        await call.Completion;
        call.Errors.ShouldBeEmpty();
        (await Evidence.FourCompletedAsync(api, call.CallSid)).Values.Select(row => (row.Id, row.OwnObjectKey)).ShouldBe(rows.Values.Select(row => (row.Id, row.OwnObjectKey)));

        // The three of ours are silent in the same stretch, and as they were sent before and after it.
        var (user, assistant, mixed) = Evidence.Expected(call);
        var heard = new Dictionary<string, short[]>(StringComparer.Ordinal) { ["user"] = user, ["assistant"] = assistant, ["mixed"] = mixed };
        var stretches = new List<(int From, int To, int Length)>();
        foreach (var (type, sent) in heard)
        {
            var samples = await OursAsync(call, type, rows);
            stretches.Add(SilentStretch(samples, sent, type));
        }

        // But for a sample or two that were sent as silence at its ends.
        var (from, to, length) = (stretches.Min(stretch => stretch.From), stretches.Max(stretch => stretch.To), stretches[0].Length);
        stretches.ShouldAllBe(stretch => stretch.From - from < 8 && to - stretch.To < 8 && stretch.Length == length);
        ((double)from / 8000).ShouldBeInRange(3, silentFrom.TotalSeconds);
        ((double)to / 8000).ShouldBeInRange(silentTo.TotalSeconds - 0.5, heardFrom.TotalSeconds);
        ((double)length / 8000).ShouldBeInRange(heardTo.TotalSeconds - 0.5, heardTo.TotalSeconds + 20);

        var detail = (await api.GetFromJsonAsync<JsonObject>(new Uri($"/calls/{call.CallSid}", UriKind.Relative)))!;
        detail["pauses"]!.AsArray().Select(pause => pause!["scope"]!.GetValue<string>()).ShouldBe(["local", "provider"], ignoreOrder: true);
        detail["pauses"]!.AsArray().ShouldAllBe(pause => pause!["to"] != null);
        detail["events"]!.AsArray().Count(e => e!["event"]!.GetValue<string>() == "control_requested").ShouldBe(3);
        var facts = detail["recordings"]!.AsArray().Single(row => row!["recording_type"]!.GetValue<string>() == "user" && row["recording_source"]!.GetValue<string>() == "local")!["recording_metadata"]!["facts"]!;
        ((double)facts["paused_ms"]!.GetValue<long>()).ShouldBe((to - from) / 8.0, 2);

        // And so is Twilio's own.
        var provider = await Evidence.SamplesAsync(api, call.CallSid, rows["provider"]);
        provider.ShouldAllBe(channel => LongestSilence(channel) >= (int)((silentTo - silentFrom).TotalSeconds * 8000));
    }

    [Fact]
    public async Task Media_KilledInThePause_LeavesNothingOfWhatWasSaidInIt()
    {
        var call = stack.Twilio.StartCall(TwoPartyCall.Of(TimeSpan.FromSeconds(20)));
        await call.WhenReachesAsync(TimeSpan.FromSeconds(3));
        await Evidence.CaptureBeganAsync(stack.RecordingsFolder, call.CallSid);
        (await ControlAsync(call, "pause")).ShouldBeDone();
        await call.WhenReachesAsync(call.Now + TimeSpan.FromSeconds(6));
        await stack.Media.KillAsync();
        await stack.Media.StartAsync();
        await call.Completion;

        var rows = await Evidence.FourCompletedAsync(api, call.CallSid);
        var (user, assistant, mixed) = Evidence.Expected(call);
        foreach (var (type, sent) in new[] { ("user", user), ("assistant", assistant), ("mixed", mixed) })
        {
            var samples = await OursAsync(call, type, rows);
            var same = samples.AsSpan().CommonPrefixLength(sent);
            samples.AsSpan(same).ContainsAnyExcept((short)0).ShouldBeFalse($"{type}: sample {same} was said in the pause");
            (samples.Length - same).ShouldBeGreaterThan(3 * 8000, "it went on in the pause");
        }
    }

    public void Dispose() => api.Dispose();

    private async Task<Reply> ControlAsync(SimulatedCall call, string action)
    {
        using var answer = await api.PostAsync(new Uri($"/calls/{call.CallSid}/recording/{action}", UriKind.Relative), null);
        return new Reply(answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    private async Task<short[]> OursAsync(SimulatedCall call, string type, IReadOnlyDictionary<string, RecordingRow> rows) => (type == "mixed"
        ? Evidence.MixOfOurs(stack.RecordingsFolder, call.CallSid)
        : await Evidence.SamplesAsync(api, call.CallSid, rows[type])).ShouldHaveSingleItem();

    /// <summary>The one stretch in which a track is silent and not as it was sent, and how long the track is.</summary>
    private static (int From, int To, int Length) SilentStretch(short[] samples, short[] sent, string what)
    {
        samples.Length.ShouldBeLessThan(sent.Length, what);
        var from = samples.AsSpan().CommonPrefixLength(sent);
        var silent = samples.AsSpan(from).IndexOfAnyExcept((short)0);
        silent.ShouldBePositive(what);

        var to = from + silent;
        samples.AsSpan(to).CommonPrefixLength(sent.AsSpan(to)).ShouldBeGreaterThanOrEqualTo(samples.Length - to - Frame, $"{what}: the other side's frame of the same moment may have come first");
        return (from, to, samples.Length);
    }

    private static int LongestSilence(short[] samples)
    {
        var (longest, run) = (0, 0);
        foreach (var sample in samples)
        {
            run = sample == 0 ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }

    private sealed record Reply(HttpStatusCode Status, JsonNode Body)
    {
        public void ShouldBeDone()
        {
            Status.ShouldBe(HttpStatusCode.OK, Body.ToJsonString());
            Body["answers"]!.AsArray().Select(answer => (answer!["scope"]!.GetValue<string>(), answer["applied"]!.GetValue<bool>())).ShouldBe(
                [("provider", true), ("local", true)], Body.ToJsonString());
        }
    }
}
