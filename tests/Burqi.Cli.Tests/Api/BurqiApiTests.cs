using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Burqi.Cli.Api;

namespace Burqi.Cli.Tests.Api;

/// <summary>What the tool says when Burqi is not there, not Burqi, or does not want to.</summary>
public sealed partial class BurqiApiTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_SoundAnswer_IsRead()
    {
        await using var stub = await StubApi.StartAsync((context, _) => StubApi.WriteAsync(context, 200, """{"a":1}"""));

        (await AskAsync(stub.Url + "/behind/a/path/"))["a"]!.GetValue<int>().ShouldBe(1);
        stub.Seen.Single().Target.ShouldBe("/behind/a/path/things?x=1");
    }

    [Theory]
    [InlineData(400, """{"title":"Bad","errors":{"from":["The time lies in the future."]},"trace_id":"abc"}""", "application/problem+json", "answered 400: Bad from: The time lies in the future.")]
    [InlineData(409, """{"detail":"There are no credentials."}""", "application/problem+json", "answered 409: There are no credentials.")]
    [InlineData(503, """{"detail":"The database is away.","trace_id":"abc"}""", "application/problem+json", "answered 503: The database is away. (trace abc)")]
    [InlineData(404, "nothing", "text/plain", "knows nothing of this (404): is it a Burqi of this version?")]
    [InlineData(302, "", "text/plain", "leads elsewhere (302)")]
    [InlineData(500, "", "text/plain", "answered 500.")]
    [InlineData(500, "{", "application/problem+json", "answered 500.")]
    [InlineData(200, "<html>", "text/html", "is not a Burqi of this version")]
    [InlineData(200, "null", "application/json", "is not a Burqi of this version")]
    public async Task Get_AnythingElse_IsSaidInPlainWords(int status, string body, string type, string sentence)
    {
        await using var stub = await StubApi.StartAsync((context, _) => StubApi.WriteAsync(context, status, body, type));

        (await Should.ThrowAsync<ApiException>(() => AskAsync(stub.Url))).Message.ShouldContain(sentence);
    }

    [Fact]
    public async Task Get_WrongKey_SaysWhichVariable()
    {
        await using var stub = await StubApi.StartAsync((context, _) => StubApi.WriteAsync(context, 200, "{}"));

        (await Should.ThrowAsync<ApiException>(() => AskAsync(stub.Url, "another-key"))).Message.ShouldContain("does not know the API key: set BURQI_API_KEY");
    }

    [Fact]
    public async Task Get_NobodyThere_SaysWhere()
    {
        string url;
        await using (var stub = await StubApi.StartAsync((_, _) => Task.CompletedTask))
        {
            url = stub.Url;
        }

        (await Should.ThrowAsync<ApiException>(() => AskAsync(url))).Message.ShouldBe(
            $"Burqi cannot be reached at {url}/: nothing answers there. Is it running, and is --url (BURQI_API_URL) right?");
    }

    [Fact]
    public async Task Get_Redirect_NeverTakesTheKeyAlong()
    {
        await using var other = await StubApi.StartAsync((_, _) => Task.CompletedTask);
        await using var stub = await StubApi.StartAsync((context, _) =>
        {
            context.Response.Redirect(other.Url);
            return Task.CompletedTask;
        });

        await Should.ThrowAsync<ApiException>(() => AskAsync(stub.Url));
        other.Seen.ShouldBeEmpty();
    }

    private static async Task<JsonObject> AskAsync(string url, string key = StubApi.Key)
    {
        using var api = new BurqiApi(new Uri(url), key);
        return await api.GetAsync("/things?x=1", AnswerContext.Default.JsonObject, Cancellation);
    }

    [JsonSerializable(typeof(JsonObject))]
    private sealed partial class AnswerContext : JsonSerializerContext;
}
