using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Burqi.EndToEnd.Tests.Stack;
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
        var rows = await CompletedAsync(call, rows: 4);
        var (user, assistant, _) = Evidence.Expected(call);
        (await SamplesAsync(rows, "user", "local")).ShouldHold(user);
        (await SamplesAsync(rows, "assistant", "local")).ShouldHold(assistant);
        (await SamplesAsync(rows, "provider", "twilio")).ShouldBe(Evidence.ReadWav(recording.ToWav(2)));
    }

    [Fact]
    public async Task Call_PausedAndResumed_IsSilentForAsLongOnBothSides()
    {
        var call = stack.Twilio.StartCall(TwoPartyCall.Of(TimeSpan.FromSeconds(24)));
        await call.WhenReachesAsync(TimeSpan.FromSeconds(4));
        await Eventually.BecomesTrueAsync(async () => (await RowsAsync(call.CallSid)).Count(row => Text(row, "status") == "recording") == 4);

        var paused = await ControlAsync(call, "pause");
        await call.WhenReachesAsync(call.Now + TimeSpan.FromSeconds(4));
        var resumed = await ControlAsync(call, "resume");
        await call.Completion;

        paused.ShouldBe(["local: True", "provider: True"]);
        resumed.ShouldBe(["local: True", "provider: True"]);
        var rows = await CompletedAsync(call, rows: 4);
        var (user, assistant, _) = Evidence.Expected(call);
        foreach (var (type, heard) in new[] { ("user", user), ("assistant", assistant) })
        {
            var (from, until) = ShouldHoldButForAPause((await SamplesAsync(rows, type, "local")).ShouldHaveSingleItem(), heard);
            (until - from).ShouldBeGreaterThan(3 * 8000, "the pause lasted four seconds of the call");
        }

        var provider = await SamplesAsync(rows, "provider", "twilio");
        provider.ShouldBe(Evidence.ReadWav(call.Recordings.ShouldHaveSingleItem().ToWav(2)));
        ShouldHoldButForAPause(provider[0], user);

        var details = await DetailsAsync(call.CallSid);
        details.GetProperty("pauses").EnumerateArray().Select(pause => Text(pause, "scope")).ShouldBe(["local", "provider"], ignoreOrder: true);
        details.GetProperty("events").EnumerateArray().Select(happened => Text(happened, "event")).ShouldContain("control_requested");
    }

    [Fact]
    public async Task Call_WhoseRecordingIsStopped_GoesOnUnrecorded()
    {
        var call = stack.Twilio.StartCall(TwoPartyCall.Of(TimeSpan.FromSeconds(24)));
        await call.WhenReachesAsync(TimeSpan.FromSeconds(4));
        await Eventually.BecomesTrueAsync(async () => (await RowsAsync(call.CallSid)).Count(row => Text(row, "status") == "recording") == 4);

        var stopped = await ControlAsync(call, "stop");
        var after = call.Now;
        await call.Completion;

        stopped.ShouldBe(["local: True", "provider: True"]);
        call.Status.ShouldBe("completed");
        call.Duration.ShouldBeGreaterThan(TimeSpan.FromSeconds(23));
        var rows = await CompletedAsync(call, rows: 4);
        rows.ShouldAllBe(row => row.GetProperty("duration_ms").GetInt64() <= after.TotalMilliseconds + 1000);
        var user = (await SamplesAsync(rows, "user", "local")).ShouldHaveSingleItem();
        user.AsSpan().CommonPrefixLength(Evidence.Expected(call).User).ShouldBe(user.Length);
        (await stack.Api.PostAsync(new Uri($"/calls/{call.CallSid}/recording/resume", UriKind.Relative), null)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

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

    /// <summary>Waits until all of a call's recordings are completed, and makes sure how many there are.</summary>
    private async Task<IReadOnlyList<JsonElement>> CompletedAsync(SimulatedCall call, int rows)
    {
        IReadOnlyList<JsonElement> found = [];
        try
        {
            await Eventually.BecomesTrueAsync(
                async () =>
                {
                    found = await RowsAsync(call.CallSid);
                    return found.Count >= rows && found.All(row => Text(row, "status") == "completed");
                },
                Limit);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message} Rows: {string.Join("; ", found)}", late);
        }

        found.Count.ShouldBe(rows, string.Join('\n', found));
        return found;
    }

    private async Task<IReadOnlyList<JsonElement>> RowsAsync(string callSid)
    {
        var page = await stack.Api.GetFromJsonAsync<JsonElement>(new Uri($"/recordings?call_id={callSid}", UriKind.Relative));
        return [.. page.GetProperty("items").EnumerateArray()];
    }

    private async Task<short[][]> SamplesAsync(IReadOnlyList<JsonElement> rows, string type, string source)
    {
        var row = Row(rows, type, source);
        using var answer = await stack.Api.GetAsync(new Uri($"/calls/{Text(row, "call_id")}/recording/{Text(row, "id")}", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var file = await answer.Content.ReadAsByteArrayAsync();
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file)).ShouldBe(Text(row, "sha256"));
        return Evidence.ReadWav(file);
    }

    private static JsonElement Row(IReadOnlyList<JsonElement> rows, string type, string source) =>
        rows.Where(row => Text(row, "recording_type") == type && Text(row, "recording_source") == source).ShouldHaveSingleItem();

    private static string? Text(JsonElement row, string name) => row.GetProperty(name).GetString();
}
