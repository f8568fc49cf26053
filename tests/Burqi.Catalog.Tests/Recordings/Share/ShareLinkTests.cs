using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Recordings.Share;
using Burqi.Catalog.Tests.Access;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Testing;
using Npgsql;

namespace Burqi.Catalog.Tests.Recordings.Share;

public sealed class ShareLinkTests(CatalogHost catalog)
{
    private static readonly byte[] Audio = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

    [Fact]
    public async Task Link_OfARecording_IsHeardWithoutAKeyAndNoted()
    {
        var told = await StoreAsync();
        var link = await PostAsync(told, new { expires_in_seconds = 60 }, HttpStatusCode.Created);

        var address = new Uri(link["url"]!.GetValue<string>());
        address.AbsolutePath.ShouldStartWith("/shared/");
        (link["expires_at"]!.GetValue<DateTimeOffset>() - link["created_at"]!.GetValue<DateTimeOffset>()).ShouldBe(TimeSpan.FromSeconds(60));
        link.ShouldHave(("recording_id", told.Id.ToString()), ("created_by", "configured-1"), ("revoked_at", null));

        foreach (var method in (HttpMethod[])[HttpMethod.Head, HttpMethod.Get])
        {
            using var request = new HttpRequestMessage(method, $"{address.AbsolutePath}/audio");
            request.Headers.Add("Range", "bytes=10-19");
            using var response = await catalog.AnonymousClient.SendAsync(request);
            response.StatusCode.ShouldBe(method == HttpMethod.Get ? HttpStatusCode.PartialContent : HttpStatusCode.OK);
            response.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
            (await response.Content.ReadAsByteArrayAsync()).ShouldBe(method == HttpMethod.Get ? Audio[10..20] : []);
        }

        var details = JsonNode.Parse(await catalog.AnonymousClient.GetStringAsync(new Uri($"{address.AbsolutePath}/details", UriKind.Relative)))!;
        details.AsObject().Select(property => property.Key).ShouldBe(["recording_type", "format", "duration_ms", "started_at", "expires_at"]);
        using var page = await catalog.AnonymousClient.GetAsync(new Uri(address.AbsolutePath, UriKind.Relative));
        page.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        page.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem().ShouldContain("default-src 'none'");

        var events = await EventsAsync(told);
        events.Select(noted => noted!["event"]!.GetValue<string>()).ShouldBe(["shared", "share_played"]);
        events[0].ShouldHave(("actor", "configured-1"), ("api_key_id", "configured-1"));
        events[1].ShouldHave(("actor", "share link"), ("api_key_id", $"link {link["id"]}"));
        events.ShouldAllBe(noted => noted!["details"]!["link_id"]!.GetValue<string>() == link["id"]!.GetValue<string>() && noted!["address"] != null);
    }

    [Fact]
    public async Task Link_Revoked_OpensNothingAndIsListedWithoutItsAddress()
    {
        var told = await StoreAsync();
        var kept = await PostAsync(told, new { }, HttpStatusCode.Created);
        var link = await PostAsync(told, new { }, HttpStatusCode.Created);
        var address = new Uri(link["url"]!.GetValue<string>()).AbsolutePath;

        for (var time = 1; time <= 2; time++)
        {
            (await catalog.Client.DeleteAsync(new Uri($"{Links(told)}/{link["id"]}", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        }

        (await catalog.Client.DeleteAsync(new Uri($"{Links(told)}/{Guid.NewGuid()}", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await ShouldOpenNothingAsync(address);
        var items = JsonNode.Parse(await catalog.Client.GetStringAsync(new Uri(Links(told), UriKind.Relative)))!["items"]!.AsArray();
        items.Select(item => item!["id"]!.GetValue<string>()).ShouldBe([link["id"]!.GetValue<string>(), kept["id"]!.GetValue<string>()]);
        items[0].ShouldHave(("url", null));
        items[0]!["revoked_at"].ShouldNotBeNull();
        items[1].ShouldHave(("url", kept["url"]!.GetValue<string>()));
        (await EventsAsync(told)).Select(noted => noted!["event"]!.GetValue<string>()).ShouldBe(["shared", "shared", "share_revoked"]);
    }

    [Fact]
    public async Task Link_Over_OpensNothing()
    {
        var told = await StoreAsync();
        var link = await PostAsync(told, new { }, HttpStatusCode.Created);
        await ExecuteAsync("update catalog.share_links set created_at = now() - interval '2 days', expires_at = now() - interval '1 second' where recording_id = $1", told.Id);

        await ShouldOpenNothingAsync(new Uri(link["url"]!.GetValue<string>()).AbsolutePath);
    }

    [Fact]
    public async Task Link_AskedForTooOften_IsToldWhenToComeAgain_AndNoOtherIs()
    {
        const int MoreThanMay = 1000;
        var told = await StoreAsync();
        var busy = await AudioOfANewLinkAsync(told);
        var other = await AudioOfANewLinkAsync(told);

        HttpStatusCode last = default;
        for (var attempt = 0; attempt < MoreThanMay && last != HttpStatusCode.TooManyRequests; attempt++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, busy);
            using var response = await catalog.AnonymousClient.SendAsync(request);
            last = response.StatusCode;
            (response.Headers.RetryAfter is not null).ShouldBe(last == HttpStatusCode.TooManyRequests);
        }

        last.ShouldBe(HttpStatusCode.TooManyRequests);
        (await catalog.AnonymousClient.GetAsync(other)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Link_OfADeletedRecording_OpensNothing()
    {
        var told = await StoreAsync();
        var address = new Uri((await PostAsync(told, new { }, HttpStatusCode.Created))["url"]!.GetValue<string>()).AbsolutePath;
        (await catalog.Client.DeleteAsync(new Uri($"/calls/{told.CallId}/recording/{told.Id}", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        (await catalog.AnonymousClient.GetAsync(new Uri($"{address}/audio", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Link_OfAKeyThatIsRevoked_OpensNothing()
    {
        var told = await StoreAsync();
        using var made = await catalog.Client.PostAsJsonAsync(new Uri("/keys", UriKind.Relative), new { name = "sharing", scopes = new[] { "recordings:play" } });
        var key = JsonNode.Parse(await made.Content.ReadAsStringAsync())!;
        using var request = new HttpRequestMessage(HttpMethod.Post, Links(told)) { Headers = { { "Authorization", $"Bearer {key["key"]}" } } };
        using var response = await catalog.AnonymousClient.SendAsync(request);
        var link = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        link.ShouldHave(("created_by", "sharing"));
        var address = new Uri(new Uri(link["url"]!.GetValue<string>()).AbsolutePath + "/audio", UriKind.Relative);
        (await catalog.AnonymousClient.GetAsync(address)).StatusCode.ShouldBe(HttpStatusCode.OK);

        (await catalog.Client.DeleteAsync(new Uri($"/keys/{key["id"]}", UriKind.Relative))).EnsureSuccessStatusCode();

        await Eventually.BecomesTrueAsync(async () => (await catalog.AnonymousClient.GetAsync(address)).StatusCode == HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Link_OfAKeyThatIsExchanged_EndsUnlessItsPredecessorIsGoodAWhileLonger()
    {
        var told = await StoreAsync();
        foreach (var (grace, expected) in ((int, HttpStatusCode)[])[(60, HttpStatusCode.OK), (0, HttpStatusCode.NotFound)])
        {
            using var holder = await KeyHolder.CreateAsync(catalog, Scopes.RecordingsPlay);
            using var made = await holder.Client.PostAsJsonAsync(new Uri(Links(told), UriKind.Relative), new { });
            var link = JsonNode.Parse(await made.Content.ReadAsStringAsync())!;
            (await catalog.Client.PostAsJsonAsync(new Uri($"/keys/{holder.Id}/rotate", UriKind.Relative), new { grace_seconds = grace })).EnsureSuccessStatusCode();

            (await catalog.AnonymousClient.GetAsync(new Uri(new Uri(link["url"]!.GetValue<string>()).AbsolutePath + "/audio", UriKind.Relative))).StatusCode.ShouldBe(expected);
        }

        (await EventsAsync(told)).Select(noted => noted!["event"]!.GetValue<string>()).ShouldBe(["shared", "share_played", "shared", "share_revoked"]);
    }

    [Fact]
    public async Task List_OfLinks_ShowsTheAddressToWhoMadeItAndToAdmins()
    {
        var told = await StoreAsync();
        using var maker = await KeyHolder.CreateAsync(catalog, Scopes.RecordingsPlay);
        using var other = await KeyHolder.CreateAsync(catalog, Scopes.RecordingsPlay);
        (await maker.Client.PostAsJsonAsync(new Uri(Links(told), UriKind.Relative), new { })).EnsureSuccessStatusCode();

        foreach (var (client, isShown) in ((HttpClient, bool)[])[(maker.Client, true), (other.Client, false), (catalog.Client, true)])
        {
            var item = JsonNode.Parse(await client.GetStringAsync(new Uri(Links(told), UriKind.Relative)))!["items"]!.AsArray().ShouldHaveSingleItem()!;
            (item["url"] is not null).ShouldBe(isShown);
        }
    }

    [Theory]
    [InlineData("""{"expires_in_seconds": 59}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"expires_in_seconds": 604801}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"expires_in_seconds": 1e3}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"expires_in_seconds": "60"}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"expires_in_seconds": 60, "expires_in_seconds": 70}""", HttpStatusCode.BadRequest)]
    [InlineData("""{"expires_in": 60}""", HttpStatusCode.BadRequest)]
    [InlineData("""[60]""", HttpStatusCode.BadRequest)]
    [InlineData("""{"\ud800": 1}""", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.NotFound)]
    public async Task Post_OddBodyOrNoRecording_IsRefused(string body, HttpStatusCode expected)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await catalog.Client.PostAsync(new Uri($"/calls/CA1/recording/{Guid.NewGuid()}/links", UriKind.Relative), content);
        response.StatusCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("..%2f..%2fetc%2fpasswd")]
    public Task Get_ATokenThatWasNeverSigned_OpensNothing(string token) => ShouldOpenNothingAsync($"/shared/{token}");

    [Fact]
    public void Token_AnyCharacterChanged_IsNotRead()
    {
        var secret = new byte[32];
        var id = Guid.NewGuid();
        var token = ShareToken.Of(id, secret);
        ShareToken.Read(token, secret).ShouldBe(id);
        ShareToken.Read(token, [.. secret[1..], 1]).ShouldBeNull();
        for (var place = 0; place < token.Length; place++)
        {
            var changed = token.ToCharArray();
            changed[place] = changed[place] == 'A' ? 'B' : 'A';
            ShareToken.Read(new string(changed), secret).ShouldBeNull();
        }
    }

    private static string Links(Told told) => $"/calls/{told.CallId}/recording/{told.Id}/links";

    private async Task ShouldOpenNothingAsync(string address)
    {
        foreach (var part in (string[])["/audio", "/details"])
        {
            using var response = await catalog.AnonymousClient.GetAsync(new Uri(address + part, UriKind.Relative));
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        }
    }

    private async Task<Uri> AudioOfANewLinkAsync(Told told) =>
        new(new Uri((await PostAsync(told, new { }, HttpStatusCode.Created))["url"]!.GetValue<string>()).AbsolutePath + "/audio", UriKind.Relative);

    private async Task<Told> StoreAsync()
    {
        var told = new Told();
        var archived = told.Archived(fileSize: Audio.Length);
        var path = Path.Combine(catalog.ObjectsDirectory, archived.ObjectKey);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, Audio);
        await catalog.TellAsync(told.CallStarted(), archived);
        return told;
    }

    private async Task<JsonNode> PostAsync(Told told, object body, HttpStatusCode expected)
    {
        using var response = await catalog.Client.PostAsJsonAsync(new Uri(Links(told), UriKind.Relative), body);
        response.StatusCode.ShouldBe(expected);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    private async Task ExecuteAsync(string sql, object value)
    {
        await using var command = catalog.Database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
    }

    private async Task<JsonArray> EventsAsync(Told told)
    {
        await using var command = catalog.Database.CreateCommand(
            "select coalesce(jsonb_agg(to_jsonb(e) order by id), '[]')::text from catalog.recording_events e where call_id = $1 and event like 'share%'");
        command.Parameters.Add(new NpgsqlParameter { Value = told.CallId });
        return JsonNode.Parse((string)(await command.ExecuteScalarAsync())!)!.AsArray();
    }
}
