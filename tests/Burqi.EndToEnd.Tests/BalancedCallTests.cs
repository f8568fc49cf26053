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
