using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;

namespace Burqi.Catalog.Tests.Assistants;

public sealed class AssistantTests(CatalogHost catalog)
{
    private const string Defaults =
        """
        {"enabled":false,"format":"mp3","sample_rate":8000,"channels":1,"record_user_audio":true,"record_assistant_audio":true,
         "record_mixed_audio":true,"auto_save":true,"recordings_dir":"recordings","create_database_records":true}
        """;

    private readonly string _id = $"assistant-{Guid.NewGuid():N}";

    [Fact]
    public async Task Put_EmptyObject_CreatesAnAssistantOfDefaults()
    {
        using var answer = await PutAsync("{}");

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        answer.Headers.Location!.ToString().ShouldBe($"/assistants/{_id}");
        var assistant = await JsonAsync(answer);
        assistant.Select(property => property.Key).ShouldBe(
            ["id", "media_url", "recording_settings", "twilio_credentials", "delete_at_provider_after_days", "retention", "version", "created_at", "updated_at"]);
        assistant.ShouldHave(("id", _id), ("media_url", null), ("twilio_credentials", null), ("delete_at_provider_after_days", null), ("retention", null));
        JsonNode.DeepEquals(assistant["recording_settings"], JsonNode.Parse(Defaults)).ShouldBeTrue(assistant.ToJsonString());
    }

    [Fact]
    public async Task Put_EverySetting_IsReadBackAndTheNextPutReplacesAll()
    {
        const string Body =
            """
            {"media_url":"wss://agent.example.com/media?key=1",
             "recording_settings":{"enabled":true,"format":"wav","sample_rate":16000,"channels":2,"record_user_audio":false,
              "record_assistant_audio":false,"record_mixed_audio":false,"auto_save":false,"recordings_dir":"a/b-1/C_2","create_database_records":false},
             "twilio_credentials":"second-account","delete_at_provider_after_days":0}
            """;
        using var created = await PutAsync(Body);
        created.StatusCode.ShouldBe(HttpStatusCode.Created);

        var read = await GetAsync();
        foreach (var (name, value) in JsonNode.Parse(Body)!.AsObject())
        {
            JsonNode.DeepEquals(read[name], value).ShouldBeTrue(name);
        }

        using var replaced = await PutAsync("""{"recording_settings":{"enabled":true}}""");
        replaced.StatusCode.ShouldBe(HttpStatusCode.OK);
        read = await GetAsync();
        read["media_url"].ShouldBeNull();
        read["recording_settings"].ShouldHave(("enabled", true), ("format", "mp3"), ("sample_rate", 8000));
        read["version"]!.GetValue<long>().ShouldBeGreaterThan((await JsonAsync(created))["version"]!.GetValue<long>());
    }

    [Fact]
    public async Task Put_AnswerOfAGet_IsTakenAsItIs()
    {
        using var created = await PutAsync("""{"media_url":"ws://agent.example.com"}""");

        using var again = await PutAsync((await GetAsync()).ToJsonString());

        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await GetAsync()).ShouldHave(("media_url", "ws://agent.example.com"));
    }

    [Fact]
    public async Task Put_ManyMistakes_AreAllNamedInOneAnswerAndNothingIsSaved()
    {
        using var answer = await PutAsync(
            """
            {"media_url":"https://agent.example.com","colour":"red","id":"another","twilio_credentials":"a b",
             "recording_settings":{"enabled":"yes","format":"ogg","sample_rate":44000,"channels":3,"record_user_audio":1,"recordings_dir":"../x","volume":11}}
            """);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var errors = (await JsonAsync(answer))["errors"]!.AsObject();
        errors.Select(error => error.Key).ShouldBe(
            [
                "media_url", "colour", "id", "twilio_credentials", "recording_settings.enabled", "recording_settings.format", "recording_settings.sample_rate",
                "recording_settings.channels", "recording_settings.record_user_audio", "recording_settings.recordings_dir", "recording_settings.volume",
            ],
            ignoreOrder: true);
        errors.SelectMany(error => error.Value!.AsArray()).ShouldAllBe(sentence => sentence!.GetValue<string>().EndsWith('.'));
        errors["recording_settings.sample_rate"]![0]!.GetValue<string>().ShouldBe(
            "The value is none of the numbers 8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000.");
        using var missing = await catalog.Client.GetAsync(Route(_id));
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("media_url", "\"wss://agent.example.com/a?b=c\"", true)]
    [InlineData("media_url", "\"ws://127.0.0.1:9000\"", true)]
    [InlineData("media_url", "\"wss://[::1]:9000/x\"", true)]
    [InlineData("media_url", "null", true)]
    [InlineData("media_url", "\"\"", false)]
    [InlineData("media_url", "\"wss://\"", false)]
    [InlineData("media_url", "\"/relative\"", false)]
    [InlineData("media_url", "\"http://agent.example.com\"", false)]
    [InlineData("media_url", "\"wss://user:secret@agent.example.com\"", false)]
    [InlineData("media_url", "\"wss://agent.example.com/#part\"", false)]
    [InlineData("media_url", "\"wss://agent.example.com/a b\"", false)]
    [InlineData("media_url", "\"wss://agent.example.com/\\u0000\"", false)]
    [InlineData("media_url", "7", false)]
    [InlineData("twilio_credentials", "\"eu-1\"", true)]
    [InlineData("twilio_credentials", "\"\"", false)]
    [InlineData("delete_at_provider_after_days", "0", true)]
    [InlineData("delete_at_provider_after_days", "3650", true)]
    [InlineData("delete_at_provider_after_days", "3651", false)]
    [InlineData("delete_at_provider_after_days", "-1", false)]
    [InlineData("delete_at_provider_after_days", "1.5", false)]
    [InlineData("delete_at_provider_after_days", "\"7\"", false)]
    [InlineData("delete_at_provider_after_days", "null", true)]
    [InlineData("retention", "null", true)]
    [InlineData("retention", "{}", true)]
    [InlineData("retention", "[]", false)]
    [InlineData("retention.default", "null", true)]
    [InlineData("retention.participant", "{}", true)]
    [InlineData("retention.chunk", """{"cool_after_days":1,"archive_after_days":null,"delete_after_days":36500}""", true)]
    [InlineData("retention.chunk", """{"cool_after_days":90,"archive_after_days":90}""", false)]
    [InlineData("retention.chunk", """{"cool_after_days":90,"delete_after_days":30}""", false)]
    [InlineData("retention.chunk", "30", false)]
    [InlineData("retention.participant3", "{}", false)]
    [InlineData("retention.user.delete_after_days", "0", false)]
    [InlineData("retention.user.delete_after_days", "36501", false)]
    [InlineData("retention.user.delete_after_days", "1.5", false)]
    [InlineData("retention.user.delete_after", "1", false)]
    [InlineData("recording_settings", "null", true)]
    [InlineData("recording_settings", "[]", false)]
    [InlineData("recording_settings.sample_rate", "48000", true)]
    [InlineData("recording_settings.sample_rate", "\"8000\"", false)]
    [InlineData("recording_settings.sample_rate", "8000.5", false)]
    [InlineData("recording_settings.sample_rate", "99999999999", false)]
    [InlineData("recording_settings.channels", "2", true)]
    [InlineData("recording_settings.channels", "0", false)]
    [InlineData("recording_settings.format", "\"WAV\"", false)]
    [InlineData("recording_settings.recordings_dir", "\"a/b/c/d\"", true)]
    [InlineData("recording_settings.recordings_dir", "\"a/b/c/d/e\"", false)]
    [InlineData("recording_settings.recordings_dir", "\"/abs\"", false)]
    [InlineData("recording_settings.recordings_dir", "\"a//b\"", false)]
    [InlineData("recording_settings.recordings_dir", "\"a/./b\"", false)]
    [InlineData("recording_settings.recordings_dir", "\"\"", false)]
    [InlineData("recording_settings.recordings_dir", "\"a\\\\b\"", false)]
    [InlineData("recording_settings.enabled", "null", true)]
    [InlineData("recording_settings.enabled", "0", false)]
    public async Task Put_Value_IsTakenOrRefusedUnderItsName(string name, string value, bool taken)
    {
        var body = name.Split('.').Reverse().Aggregate(value, (inner, part) => $$$"""{"{{{part}}}":{{{inner}}}}""");

        using var answer = await PutAsync(body);

        answer.StatusCode.ShouldBe(taken ? HttpStatusCode.Created : HttpStatusCode.BadRequest);
        if (!taken)
        {
            (await JsonAsync(answer))["errors"]!.AsObject().Select(error => error.Key).ShouldBe([name]);
        }
    }

    [Theory]
    [InlineData("not json", HttpStatusCode.BadRequest)]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("\"text\"", HttpStatusCode.BadRequest)]
    [InlineData("{\"media_url\":null,\"media_url\":\"wss://a.example.com\"}", HttpStatusCode.BadRequest)]
    public async Task Put_BodyThatIsNoObject_IsRefused(string body, HttpStatusCode expected)
    {
        using var answer = await PutAsync(body);

        answer.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Put_TooLargeOrNoJson_IsRefused()
    {
        using var large = await PutAsync($$"""{"media_url":"wss://{{new string('a', 70_000)}}"}""");
        large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);

        using var form = await catalog.Client.PutAsync(Route(_id), new StringContent("{}", Encoding.UTF8, "text/plain"));
        form.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("-leading")]
    [InlineData(".hidden")]
    [InlineData("b%C3%BCro")]
    [InlineData("with%20space")]
    public async Task Id_ThatIsNone_IsRefusedByPutAndNotFoundByTheOthers(string id)
    {
        using var put = await catalog.Client.PutAsync(Route(id), Json("{}"));
        put.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await JsonAsync(put))["errors"]!["id"].ShouldNotBeNull();
        using var get = await catalog.Client.GetAsync(Route(id));
        get.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var delete = await catalog.Client.DeleteAsync(Route(id));
        delete.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task IfMatch_OfAnOlderVersion_ChangesNothing()
    {
        using var created = await PutAsync("{}");
        var first = created.Headers.ETag.ShouldNotBeNull();
        using var changed = await PutAsync("""{"media_url":"wss://a.example.com"}""", ifMatch: first.ToString());
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        changed.Headers.ETag.ShouldNotBe(first);

        using var late = await PutAsync("""{"media_url":"wss://b.example.com"}""", ifMatch: first.ToString());
        late.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        using var lateDelete = await DeleteAsync(first.ToString());
        lateDelete.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        using var nonsense = await PutAsync("{}", ifMatch: "\"abc\"");
        nonsense.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await GetAsync()).ShouldHave(("media_url", "wss://a.example.com"));

        using var any = await PutAsync("{}", ifMatch: "*");
        any.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var deleted = await DeleteAsync(any.Headers.ETag!.ToString());
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Preconditions_OnWhatIsNotThereOrThereAlready_AreKept()
    {
        using var none = await PutAsync("{}", ifMatch: "*");
        none.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        using var created = await PutAsync("{}", ifNoneMatch: "*");
        created.StatusCode.ShouldBe(HttpStatusCode.Created);
        using var again = await PutAsync("{}", ifNoneMatch: "*");
        again.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);

        await (await DeleteAsync()).Content.LoadIntoBufferAsync();
        using var afterDelete = await PutAsync("{}", ifMatch: created.Headers.ETag!.ToString());
        afterDelete.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        using var anew = await PutAsync("{}", ifNoneMatch: "*");
        anew.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Get_WithTheVersionItHas_Is304()
    {
        using var created = await PutAsync("{}");
        using var request = new HttpRequestMessage(HttpMethod.Get, Route(_id));
        request.Headers.IfNoneMatch.Add(created.Headers.ETag!);

        using var answer = await catalog.Client.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        answer.Headers.ETag.ShouldBe(created.Headers.ETag);
    }

    [Fact]
    public async Task Delete_ThenPut_GoesOnWithHigherVersions()
    {
        using var created = await PutAsync("""{"media_url":"wss://a.example.com"}""");
        using var deleted = await DeleteAsync();
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using var missing = await catalog.Client.GetAsync(Route(_id));
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        using var twice = await DeleteAsync();
        twice.StatusCode.ShouldBe(HttpStatusCode.NotFound);

        using var anew = await PutAsync("{}");

        anew.StatusCode.ShouldBe(HttpStatusCode.Created);
        var assistant = await JsonAsync(anew);
        assistant["media_url"].ShouldBeNull();
        assistant["version"]!.GetValue<long>().ShouldBeGreaterThan((await JsonAsync(created))["version"]!.GetValue<long>() + 1);
    }

    [Fact]
    public async Task Put_ManyAtOnce_LeaveOneRowAndGrowingVersions()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => PutAsync("{}")));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        var versions = await Task.WhenAll(answers.Select(async answer => (await JsonAsync(answer))["version"]!.GetValue<long>()));
        versions.ShouldBeUnique();
        (await GetAsync())["version"]!.GetValue<long>().ShouldBe(versions.Max());
    }

    [Fact]
    public async Task List_Pages_HoldEveryAssistantOnceTheLatestFirstAndNoDeletedOne()
    {
        string[] ids = [.. Enumerable.Range(0, 5).Select(index => $"{_id}-{index}")];
        foreach (var id in ids)
        {
            using var put = await catalog.Client.PutAsync(Route(id), Json("{}"));
        }

        using var deleted = await catalog.Client.DeleteAsync(Route(ids[2]));
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = JsonNode.Parse(await catalog.Client.GetStringAsync(new Uri($"/assistants?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}", UriKind.Relative)))!;
            page["items"]!.AsArray().Count.ShouldBeInRange(0, 2);
            seen.AddRange(page["items"]!.AsArray().Select(item => item!["id"]!.GetValue<string>()));
            cursor = page["next_cursor"]?.GetValue<string>();
        }
        while (cursor is not null);

        seen.ShouldBeUnique();
        seen.Where(id => id.StartsWith(_id, StringComparison.Ordinal)).ShouldBe([ids[4], ids[3], ids[1], ids[0]]);
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("cursor=abc")]
    [InlineData("started_after=2026-03-01T09:30:00Z")]
    [InlineData("colour=red")]
    public async Task List_ParameterThatIsNone_IsRefusedByName(string query)
    {
        using var answer = await catalog.Client.GetAsync(new Uri($"/assistants?{query}", UriKind.Relative));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await JsonAsync(answer))["errors"]!.AsObject().Select(error => error.Key).ShouldBe([query.Split('=')[0]]);
    }

    private static Uri Route(string id) => new($"/assistants/{id}", UriKind.Relative);

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static async Task<JsonObject> JsonAsync(HttpResponseMessage answer) => JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();

    private async Task<JsonObject> GetAsync() => JsonNode.Parse(await catalog.Client.GetStringAsync(Route(_id)))!.AsObject();

    private Task<HttpResponseMessage> PutAsync(string body, string? ifMatch = null, string? ifNoneMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, Route(_id)) { Content = Json(body) };
        Bind(request.Headers, ifMatch, ifNoneMatch);
        return catalog.Client.SendAsync(request);
    }

    private Task<HttpResponseMessage> DeleteAsync(string? ifMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Delete, Route(_id));
        Bind(request.Headers, ifMatch, ifNoneMatch: null);
        return catalog.Client.SendAsync(request);
    }

    private static void Bind(HttpRequestHeaders headers, string? ifMatch, string? ifNoneMatch)
    {
        if (ifMatch is not null)
        {
            headers.TryAddWithoutValidation("If-Match", ifMatch).ShouldBeTrue();
        }

        if (ifNoneMatch is not null)
        {
            headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch).ShouldBeTrue();
        }
    }
}
