using System.Net;
using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;
using Npgsql;

namespace Burqi.Catalog.Tests.Audit;

public sealed class AccessLogTests(CatalogHost catalog)
{
    [Fact]
    public async Task Get_CallAndRecording_IsNotedOnceForWhoeverLooksAgain()
    {
        var told = new Told();
        await catalog.TellAsync(told.CallStarted(), told.Started());

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => catalog.Client.GetStringAsync(new Uri($"/calls/{told.CallId}", UriKind.Relative))));
        await catalog.Client.GetStringAsync(new Uri($"/recordings/{told.Id}", UriKind.Relative));
        await catalog.Client.GetStringAsync(new Uri($"/calls/{told.CallId}", UriKind.Relative));

        var events = await EventsAsync(told.CallId);
        events.Select(noted => noted!["recording_id"]?.GetValue<string>()).ShouldBe([null, told.Id.ToString()]);
        foreach (var noted in events)
        {
            noted.ShouldHave(("event", "read"));
            noted!["address"]!.GetValue<string>().ShouldNotBeEmpty();
            noted["trace_id"]!.GetValue<string>().Length.ShouldBe(32);
            noted["actor"]!.GetValue<string>().ShouldBe(noted["api_key_name"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task Get_CallThatIsNotThere_IsNoAccess()
    {
        var told = new Told();
        (await catalog.Client.GetAsync(new Uri($"/calls/{told.CallId}", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        (await EventsAsync(told.CallId)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "downloaded")]
    [InlineData("/play", "played")]
    public async Task Content_InRangesAndFromTheCache_IsOneEventBeforeItsBody(string route, string expected)
    {
        var told = new Told();
        var archived = told.Archived(fileSize: 64);
        var path = Path.Combine(catalog.ObjectsDirectory, archived.ObjectKey);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, new byte[64]);
        await catalog.TellAsync(told.CallStarted(), archived);
        var address = new Uri($"/calls/{told.CallId}/recording/{told.Id}{route}", UriKind.Relative);
        await SendAsync("Range", "bytes=0-9", HttpStatusCode.PartialContent);
        await SendAsync("Range", "bytes=10-19", HttpStatusCode.PartialContent);
        await SendAsync("If-None-Match", "*", HttpStatusCode.NotModified);
        await SendAsync("Range", "bytes=900-", HttpStatusCode.RequestedRangeNotSatisfiable);

        (await EventsAsync(told.CallId)).ShouldHaveSingleItem().ShouldHave(("event", expected), ("recording_id", told.Id.ToString()));

        async Task SendAsync(string name, string value, HttpStatusCode status)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Add(name, value);
            using var response = await catalog.Client.SendAsync(request);
            response.StatusCode.ShouldBe(status);
        }
    }

    [Fact]
    public async Task Get_CallDetail_ShowsWhatHappenedAndNotWhoLooked()
    {
        var told = new Told();
        await catalog.TellAsync(told.CallStarted());
        var address = new Uri($"/calls/{told.CallId}", UriKind.Relative);
        await catalog.Client.GetStringAsync(address);

        JsonNode.Parse(await catalog.Client.GetStringAsync(address))!["events"]!.AsArray().ShouldBeEmpty();
        (await EventsAsync(told.CallId)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task List_SearchedFor_IsNotedWithItsFiltersAndWithoutTheNumber()
    {
        var callId = $"CA{Guid.NewGuid():N}";
        foreach (var query in (string[])[$"call_id={callId}", $"limit=7&call_id={callId}", $"call_id={callId}&from_address=%2B15005550006"])
        {
            (await catalog.Client.GetAsync(new Uri($"/calls?{query}", UriKind.Relative))).EnsureSuccessStatusCode();
        }

        var noted = await ListedAsync(callId);
        noted.Count.ShouldBe(2);
        JsonNode.Parse(noted[0])!["filters"]!.AsObject().Select(filter => filter.Key).ShouldBe(["call_id"]);
        JsonNode.Parse(noted[1])!["filters"]!["from_address"]!.GetValue<string>().ShouldBe("…0006");
    }

    private async Task<JsonArray> EventsAsync(string callId)
    {
        await using var command = catalog.Database.CreateCommand(
            "select coalesce(jsonb_agg(to_jsonb(e) order by recording_id nulls first), '[]')::text from catalog.recording_events e where call_id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = callId });
        return JsonNode.Parse((string)(await command.ExecuteScalarAsync())!)!.AsArray();
    }

    private async Task<IReadOnlyList<string>> ListedAsync(string callId)
    {
        await using var command = catalog.Database.CreateCommand(
            "select details::text from catalog.recording_events where event = 'listed' and details -> 'filters' ->> 'call_id' = $1 order by id");
        command.Parameters.Add(new NpgsqlParameter { Value = callId });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
