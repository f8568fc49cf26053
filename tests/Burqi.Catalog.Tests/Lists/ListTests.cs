using System.Net;
using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;

namespace Burqi.Catalog.Tests.Lists;

public sealed class ListTests(CatalogHost catalog)
{
    [Theory]
    [InlineData("calls", "", SortDirection.Descending)]
    [InlineData("recordings", "", SortDirection.Descending)]
    [InlineData("calls", "&sort=-started_at", SortDirection.Descending)]
    [InlineData("calls", "&sort=started_at", SortDirection.Ascending)]
    [InlineData("recordings", "&sort=started_at", SortDirection.Ascending)]
    [InlineData("calls", "&number=%2B15005550006&min_duration_ms=0", SortDirection.Descending)]
    [InlineData("recordings", "&number=%2B15005550006", SortDirection.Descending)]
    [InlineData("recordings", "&number=%2B15005550001&sort=started_at", SortDirection.Ascending)]
    public async Task Get_Pages_HoldEveryRowOnceAndInOrder(string list, string parameters, SortDirection order)
    {
        var assistant = $"assistant-{Guid.NewGuid():N}";
        for (var index = 0; index < 7; index++)
        {
            // Three of one time: only the id tells them apart.
            var told = new Told { AssistantId = assistant };
            var at = Told.Start.AddSeconds(index < 3 ? 0 : index);
            await catalog.TellAsync(told.Started(at), told.CallStarted(at), told.CallEnded());
        }

        var seen = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var page = await GetAsync($"/{list}?assistant_id={assistant}&limit=2{parameters}{(cursor is null ? "" : $"&cursor={cursor}")}");
            page["items"]!.AsArray().Count.ShouldBe(seen.Count == 6 ? 1 : 2);
            seen.AddRange(page["items"]!.AsArray()!);
            cursor = page["next_cursor"]?.GetValue<string>();
        }
        while (cursor is not null);

        seen.Count.ShouldBe(7);
        seen.Select(item => item["call_id"]!.GetValue<string>()).Distinct().Count().ShouldBe(7);
        seen.Select(item => item["started_at"]!.GetValue<DateTimeOffset>()).ShouldBeInOrder(order);
    }

    [Fact]
    public async Task Get_LastPageExactlyFull_HasNoCursor()
    {
        var told = new Told { AssistantId = $"assistant-{Guid.NewGuid():N}" };
        await catalog.TellAsync(told.Started());

        (await GetAsync($"/recordings?assistant_id={told.AssistantId}&limit=1"))["next_cursor"].ShouldBeNull();
    }

    [Fact]
    public async Task Get_RowAddedBetweenPages_IsNotSeenTwice()
    {
        var assistant = $"assistant-{Guid.NewGuid():N}";
        var older = new Told { AssistantId = assistant };
        var newer = new Told { AssistantId = assistant };
        await catalog.TellAsync(older.Started(), newer.Started(Told.Start.AddSeconds(5)));
        var first = await GetAsync($"/recordings?assistant_id={assistant}&limit=1");

        var newest = new Told { AssistantId = assistant };
        await catalog.TellAsync(newest.Started(Told.Start.AddSeconds(9)));
        var second = await GetAsync($"/recordings?assistant_id={assistant}&limit=1&cursor={first["next_cursor"]}");

        first["items"]![0]!["id"]!.GetValue<Guid>().ShouldBe(newer.Id);
        second["items"]![0]!["id"]!.GetValue<Guid>().ShouldBe(older.Id);
    }

    [Theory]
    [InlineData("provider=twilio", true)]
    [InlineData("provider=acs", false)]
    [InlineData("recording_source=local", true)]
    [InlineData("recording_source=twilio", false)]
    [InlineData("recording_type=mixed", true)]
    [InlineData("recording_type=user", false)]
    [InlineData("status=captured", true)]
    [InlineData("status=completed", false)]
    [InlineData("recording_sid=RE1", true)]
    [InlineData("recording_sid=RE2", false)]
    [InlineData("assistant_id=assistant-1", true)]
    [InlineData("assistant_id=assistant-2", false)]
    [InlineData("started_after=2026-03-01T09:30:00.128Z", true)]
    [InlineData("started_after=2026-03-01T10:30:00.128%2B01:00", true)]
    [InlineData("started_after=2026-03-01T09:30:00.129Z", false)]
    [InlineData("started_before=2026-03-01T09:30:00.128001Z", true)]
    [InlineData("started_before=2026-03-01T09:30:00.128Z", false)]
    [InlineData("status=captured&provider=twilio&recording_type=mixed&started_after=2026-01-01T00:00:00Z", true)]
    [InlineData("status=captured&provider=acs", false)]
    [InlineData("min_duration_ms=30020&max_duration_ms=30020", true)]
    [InlineData("min_duration_ms=30021", false)]
    [InlineData("max_duration_ms=30019", false)]
    [InlineData("max_duration_ms=9223372036854775807", true)]
    [InlineData("number=%2B15005550006", true)]
    [InlineData("number=%2B15005550001&status=captured", true)]
    [InlineData("number=%2B15005550001&status=completed", false)]
    [InlineData("number=%2B15005550001&started_before=2026-03-01T09:30:00.128Z", false)]
    [InlineData("number=%2B15005550002", false)]
    [InlineData("number=15005550006", false)]
    public async Task Get_RecordingsByFilter_KeepsWhatEquals(string filter, bool found)
    {
        var told = new Told();
        await catalog.TellAsync(told.Captured() with { ProviderRecordingId = "RE1" }, told.CallStarted());

        var items = (await GetAsync($"/recordings?call_id={told.CallId}&{filter}"))["items"]!.AsArray();
        items.Count.ShouldBe(found ? 1 : 0);
    }

    [Theory]
    [InlineData("provider=twilio", true)]
    [InlineData("provider=livekit", false)]
    [InlineData("status=completed", true)]
    [InlineData("status=busy", false)]
    [InlineData("direction=inbound", true)]
    [InlineData("direction=outbound-api", false)]
    [InlineData("assistant_id=assistant-1", true)]
    [InlineData("assistant_id=assistant-2", false)]
    [InlineData("from_address=%2B15005550006", true)]
    [InlineData("from_address=%2B15005550001", false)]
    [InlineData("to_address=%2B15005550001", true)]
    [InlineData("to_address=%2B15005550006", false)]
    [InlineData("started_after=2026-03-01T09:30:00.123Z&started_before=2026-03-01T09:30:01Z", true)]
    [InlineData("started_before=2026-03-01T09:30:00Z", false)]
    [InlineData("min_duration_ms=31000&max_duration_ms=31000", true)]
    [InlineData("min_duration_ms=31001", false)]
    [InlineData("max_duration_ms=30999", false)]
    [InlineData("number=%2B15005550006", true)]
    [InlineData("number=%2B15005550001", true)]
    [InlineData("number=%2B15005550001&status=busy", false)]
    [InlineData("number=%2B1500555", false)]
    public async Task Get_CallsByFilter_KeepsWhatEquals(string filter, bool found)
    {
        var told = new Told();
        await catalog.TellAsync(told.CallStarted(), told.CallEnded());

        var items = (await GetAsync($"/calls?call_id={told.CallId}&{filter}"))["items"]!.AsArray();
        items.Count.ShouldBe(found ? 1 : 0);
    }

    [Fact]
    public async Task Get_RecordingsByNumber_FindsThemInWhateverOrderTheyWereTold()
    {
        var number = $"+49{Guid.NewGuid():N}";
        Told[] calls = [new(), new(), new(), new()];
        Func<Told, Task>[] orders =
        [
            told => catalog.TellAsync(told.CallStarted() with { From = number }, told.Started(), told.Captured()),
            told => catalog.TellAsync(told.Started(), told.Captured(), told.CallStarted() with { To = number }),

            // The end alone knows no number, and what is heard last moves the recording to where it began.
            told => catalog.TellAsync(told.Failed(), told.CallEnded(), told.CallStarted() with { From = number, To = number }, told.Started()),
            told => catalog.TellAtOnceAsync([told.CallStarted() with { From = number }, told.Captured(), told.CallEnded(), told.Started(), told.Failed()]),
        ];
        foreach (var (told, order) in calls.Zip(orders))
        {
            await order(told);
        }

        var escaped = Uri.EscapeDataString(number);
        var items = (await GetAsync($"/recordings?number={escaped}"))["items"]!.AsArray();
        items.Select(item => item!["id"]!.GetValue<Guid>()).ShouldBe(calls.Select(told => told.Id), ignoreOrder: true);

        await using var command = catalog.Database.CreateCommand(
            "select count(*) from catalog.recording_numbers n where number = $1 and not exists (select from catalog.recordings where id = recording_id and listed_at = at)");
        command.Parameters.Add(new() { Value = number });
        (await command.ExecuteScalarAsync()).ShouldBe(0L);
    }

    [Fact]
    public async Task Get_RecordingsByNumber_FollowsACorrection()
    {
        var told = new Told();
        var (wrong, right) = ($"+49{Guid.NewGuid():N}", $"+49{Guid.NewGuid():N}");
        await catalog.TellAsync(told.Started(), told.CallStarted() with { From = wrong }, told.CallStarted(Told.Start.AddSeconds(-1)) with { From = right });

        (await GetAsync($"/recordings?number={Uri.EscapeDataString(wrong)}"))["items"]!.AsArray().ShouldBeEmpty();
        (await GetAsync($"/recordings?number={Uri.EscapeDataString(right)}"))["items"]!.AsArray().Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("calls")]
    [InlineData("recordings")]
    public async Task Get_CursorOfTheOtherOrder_Is400(string list)
    {
        var assistant = $"assistant-{Guid.NewGuid():N}";
        foreach (var told in (Told[])[new() { AssistantId = assistant }, new() { AssistantId = assistant }])
        {
            await catalog.TellAsync(told.Started(), told.CallStarted());
        }

        var cursor = (await GetAsync($"/{list}?assistant_id={assistant}&limit=1"))["next_cursor"];
        using var response = await catalog.Client.GetAsync(new Uri($"/{list}?cursor={cursor}&sort=started_at", UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!["errors"]!.AsObject().Select(error => error.Key).ShouldBe(["cursor"]);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("min_duration_ms=-1", "min_duration_ms")]
    [InlineData("max_duration_ms=1.5", "max_duration_ms")]
    [InlineData("max_duration_ms=9223372036854775808", "max_duration_ms")]
    [InlineData("sort=duration_ms", "sort")]
    [InlineData("sort=-STARTED_AT", "sort")]
    [InlineData("number=a%00b", "number")]
    [InlineData("number=", "number")]
    [InlineData("text=hello", "text")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("cursor=abc", "cursor")]
    [InlineData("cursor=MXw5OTk5OTk5OTk5OTk5OTk5OTk5OTl8YQ", "cursor")]
    [InlineData("cursor=!!", "cursor")]
    [InlineData("status=done", "status")]
    [InlineData("status=", "status")]
    [InlineData("status", "status")]
    [InlineData("provider=Twilio", "provider")]
    [InlineData("started_after=yesterday", "started_after")]
    [InlineData("started_after=2026-03-01", "started_after")]
    [InlineData("started_before=2026-03-01T09:30:00", "started_before")]
    [InlineData("call_id=a%00b", "call_id")]
    [InlineData("Status=completed", "Status")]
    [InlineData("offset=10", "offset")]
    [InlineData("listed_at=x", "listed_at")]
    [InlineData("1=1;drop table catalog.calls", "1")]
    public async Task Get_BadParameter_Is400AndNamesIt(string query, string parameter)
    {
        foreach (var list in (string[])["/calls", "/recordings"])
        {
            using var response = await catalog.Client.GetAsync(new Uri($"{list}?{query}", UriKind.Relative));
            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            JsonNode.Parse(await response.Content.ReadAsStringAsync())!["errors"]!.AsObject().Select(error => error.Key).ShouldBe([parameter]);
        }
    }

    [Fact]
    public async Task Get_SeveralBadParameters_NamesAll()
    {
        using var response = await catalog.Client.GetAsync(new Uri("/recordings?limit=0&status=done&nothing=1", UriKind.Relative));
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!["errors"]!.AsObject().Select(error => error.Key)
            .ShouldBe(["limit", "status", "nothing"], ignoreOrder: true);
    }

    public static TheoryData<string> Hostile =>
    [
        "' or '1'='1", "'; drop table catalog.recordings; --", "x' union select told::text from catalog.calls --", "$1", "@id", "%27%20or%201=1",
        "\\'; select pg_sleep(10); --", "‮\ud83d\ude00", "a,b|c", "../../etc/passwd", new string('x', 500),
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Get_HostileValue_FindsNothingAndHarmsNothing(string value)
    {
        var told = new Told();
        await catalog.TellAsync(told.Started(), told.CallStarted());
        var escaped = Uri.EscapeDataString(value);

        foreach (var route in (string[])[$"/recordings?call_id={escaped}", $"/recordings?assistant_id={escaped}", $"/recordings?recording_sid={escaped}",
            $"/calls?from_address={escaped}", $"/calls?direction={escaped}"])
        {
            (await GetAsync(route))["items"]!.AsArray().ShouldBeEmpty();
        }

        foreach (var route in (string[])[$"/calls/{escaped}", $"/recordings/{escaped}", $"/calls/{escaped}/recording/{told.Id}", $"/calls/{told.CallId}/recording/{escaped}/play"])
        {
            using var response = await catalog.Client.GetAsync(new Uri(route, UriKind.Relative));
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        (await catalog.RecordingAsync(told.Id)).ShouldHave(("status", "recording"));
    }

    [Fact]
    public async Task Tell_HostileText_IsKeptAsItIs()
    {
        const string Text = "'); drop table catalog.calls; -- \" \\ {\"a\":[1]} \ud83d\ude00";
        var told = new Told { AssistantId = Text };
        await catalog.TellAsync(told.CallStarted() with { Direction = Text }, told.Failed() with { Reason = Text, AssistantId = Text });

        (await GetAsync($"/calls/{told.CallId}")).ShouldHave(("direction", Text), ("assistant_id", Text));
        (await GetAsync($"/recordings?assistant_id={Uri.EscapeDataString(Text)}"))["items"]![0]!["recording_metadata"].ShouldHave(("reason", Text));
    }

    private async Task<JsonNode> GetAsync(string route)
    {
        using var response = await catalog.Client.GetAsync(new Uri(route, UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.OK, route);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }
}
