using System.Net;
using System.Text.Json.Nodes;
using Burqi.Catalog.Calls.Get;
using Burqi.Catalog.Tests.Fixtures;

namespace Burqi.Catalog.Tests.Answers;

public sealed class AnswersTests(CatalogHost catalog)
{
    [Theory]
    [InlineData("/calls?call_id={0}")]
    [InlineData("/calls/{0}")]
    [InlineData("/recordings?call_id={0}")]
    [InlineData("/recordings/{1}")]
    public async Task Get_WithTheTagOfBefore_Is304UntilSomethingChanges(string route)
    {
        var told = new Told();
        await catalog.TellAsync(told.CallStarted(), told.Started());
        var address = string.Format(null, route, told.CallId, told.Id);

        using var first = await SendAsync(HttpMethod.Get, address);
        var tag = first.Headers.ETag.ShouldNotBeNull();
        tag.IsWeak.ShouldBeTrue();
        first.Headers.CacheControl!.ToString().ShouldBe("no-cache, private");
        first.Headers.Vary.ShouldBe(["Authorization", "Cookie"], ignoreOrder: true);

        using var same = await SendAsync(HttpMethod.Get, address, tag.ToString());
        same.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        same.Headers.ETag.ShouldBe(tag);
        (await same.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();

        await catalog.TellAsync(told.CallEnded(), told.Captured());
        using var changed = await SendAsync(HttpMethod.Get, address, tag.ToString());
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        changed.Headers.ETag.ShouldNotBe(tag);
    }

    [Theory]
    [InlineData("/calls?call_id={0}")]
    [InlineData("/calls/{0}")]
    [InlineData("/recordings?call_id={0}")]
    [InlineData("/recordings/{1}")]
    [InlineData("/assistants?limit=1")]
    public async Task Head_OfWhatCanBeRead_IsGetWithoutItsBody(string route)
    {
        var told = new Told();
        await catalog.TellAsync(told.CallStarted(), told.CallEnded(), told.Captured());
        var address = string.Format(null, route, told.CallId, told.Id);

        using var get = await SendAsync(HttpMethod.Get, address);
        using var head = await SendAsync(HttpMethod.Head, address);

        head.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await head.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
        head.Content.Headers.ContentType.ShouldBe(get.Content.Headers.ContentType);
        head.Content.Headers.ContentLength.ShouldBe((await get.Content.ReadAsByteArrayAsync()).LongLength);
        using var missing = await SendAsync(HttpMethod.Head, "/calls/none");
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("calls", "")]
    [InlineData("recordings", "&sort=started_at&number=%2B15005550006")]
    public async Task Get_FollowingLinks_SeesEveryRowOnce(string list, string parameters)
    {
        var assistant = $"a \"b\" <c>, ü & {Guid.NewGuid():N}";
        for (var index = 0; index < 5; index++)
        {
            var told = new Told { AssistantId = assistant };
            await catalog.TellAsync(told.Started(Told.Start.AddSeconds(index)), told.CallStarted(Told.Start.AddSeconds(index)));
        }

        var seen = new List<string>();
        for (var address = $"/{list}?limit=2&assistant_id={Uri.EscapeDataString(assistant)}{parameters}"; address is not null;)
        {
            using var response = await SendAsync(HttpMethod.Get, address);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, address);
            var page = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            seen.AddRange(page["items"]!.AsArray().Select(item => item!["call_id"]!.GetValue<string>()));
            address = NextOf(response);
            (address is null).ShouldBe(page["next_cursor"] is null);
        }

        seen.Count.ShouldBe(5);
        seen.Distinct().Count().ShouldBe(5);
    }

    [Theory]
    [InlineData("GET", "/calls", true, 200)]
    [InlineData("GET", "/calls?nothing=1", true, 400)]
    [InlineData("GET", "/calls", false, 401)]
    [InlineData("GET", "/calls/none", true, 404)]
    [InlineData("GET", "/nowhere", true, 404)]
    [InlineData("PATCH", "/calls", true, 405)]
    [InlineData("PUT", "/assistants/a", true, 415)]
    public async Task Any_Answer_TellsABrowserToBeCareful(string method, string address, bool withKey, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        using var response = await (withKey ? catalog.Client : catalog.AnonymousClient).SendAsync(request);

        ((int)response.StatusCode).ShouldBe(status);
        Header("X-Content-Type-Options").ShouldBe("nosniff");
        Header("Referrer-Policy").ShouldBe("no-referrer");
        Header("Content-Security-Policy").ShouldBe("default-src 'none'; frame-ancestors 'none'");
        Header("Cross-Origin-Resource-Policy").ShouldBe("same-origin");
        Header("Cache-Control").ShouldBe(withKey ? "no-cache, private" : "no-store");
        response.Headers.Contains("Server").ShouldBeFalse();

        string Header(string name) => name == "Cache-Control" ? response.Headers.CacheControl!.ToString() : response.Headers.GetValues(name).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Get_Call_TellsWhatItLacksAndWhatSupportAsksFor()
    {
        var told = new Told();
        var whole = new Told { CallId = told.CallId };
        await catalog.TellAsync(
            told.CallStarted(),
            told.Captured() with { GapCount = 3, GapMs = 1_500, CoverageMs = 28_520 },
            whole.Captured() with { GapCount = 0, GapMs = 0, CoverageMs = 30_020 },
            told.ProviderReady());

        using var response = await SendAsync(HttpMethod.Get, $"/calls/{told.CallId}");
        var call = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        call["gaps"]!.AsArray().ShouldHaveSingleItem().ShouldHave(
            ("recording_id", told.Id.ToString()), ("recording_type", "mixed"), ("gap_count", 3), ("gap_ms", 1_500), ("coverage", 0.9500m));
        var ids = call["provider_ids"];
        ids.ShouldHave(("provider", "twilio"), ("account_id", "AC0123456789abcdef0123456789abcdef"), ("call_id", told.CallId));
        ids!["started_at"]!.GetValue<DateTimeOffset>().ShouldBe(Told.Start);
        var recording = ids["recordings"]!.AsArray().Single(known => known!["recording_id"]!.GetValue<Guid>() == told.Id);
        recording.ShouldHave(("recording_sid", "RE1"), ("stream_id", "MZ1"));
        recording!["ended_at"]!.GetValue<DateTimeOffset>().Offset.ShouldBe(TimeSpan.Zero);
        recording["correlation_id"].ShouldBeNull();
        call["events_next_cursor"].ShouldBeNull();
    }

    [Fact]
    public async Task Get_CallOfManyEvents_GivesTheLatestAndByCursorThoseBefore()
    {
        const int Events = (2 * GetCallQuery.MostEvents) + 7;
        var told = new Told();
        await catalog.TellAsync(told.CallStarted());
        await using (var command = catalog.Database.CreateCommand(
            "insert into catalog.recording_events (call_id, event, details) select $1, 'missing', jsonb_build_object('number', n) from generate_series(1, $2) n"))
        {
            command.Parameters.Add(new() { Value = told.CallId });
            command.Parameters.Add(new() { Value = Events });
            await command.ExecuteNonQueryAsync();
        }

        var seen = new List<int>();
        string? cursor = null;
        do
        {
            using var response = await SendAsync(HttpMethod.Get, $"/calls/{told.CallId}{(cursor is null ? "" : $"?events_cursor={cursor}")}");
            var call = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            seen.InsertRange(0, call["events"]!.AsArray().Select(known => known!["details"]!["number"]!.GetValue<int>()));
            cursor = call["events_next_cursor"]?.GetValue<string>();
        }
        while (cursor is not null);

        seen.ShouldBe(Enumerable.Range(1, Events));
    }

    [Theory]
    [InlineData("events_cursor=", "events_cursor")]
    [InlineData("events_cursor=abc", "events_cursor")]
    [InlineData("events_cursor=ZXwtMQ", "events_cursor")]
    [InlineData("events_cursor=ZXwx&events_cursor=ZXwx", "events_cursor")]
    [InlineData("verbose=1", "verbose")]
    public async Task Get_CallByAParameterThatIsNone_Is400AndNamesIt(string query, string parameter)
    {
        using var response = await SendAsync(HttpMethod.Get, $"/calls/none?{query}");
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!["errors"]!.AsObject().ShouldHaveSingleItem().Key.ShouldBe(parameter);
    }

    private static string? NextOf(HttpResponseMessage response) => response.Headers.TryGetValues("Link", out var links)
        ? links.ShouldHaveSingleItem().Split('>')[0][1..]
        : null;

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, string? knownTag = null)
    {
        var request = new HttpRequestMessage(method, new Uri(address, UriKind.Relative));
        if (knownTag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", knownTag);
        }

        return catalog.Client.SendAsync(request);
    }
}
