using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Burqi.Archiver.Tests.Reconcile;

/// <summary>What the API takes, refuses and says.</summary>
public sealed class ReconciliationsApiTests : ReconcileTest
{
    [Theory]
    [InlineData("POST", "/reconciliations")]
    [InlineData("GET", "/reconciliations")]
    [InlineData("GET", "/reconciliations/0199aa00-0000-7000-8000-000000000000")]
    public async Task Request_WithoutAKey_Is401(string method, string path)
    {
        await using var archiver = await StartArchiverAsync();
        foreach (var key in new[] { null, ApiKey + "x" })
        {
            using var client = Client(archiver, key);
            using var response = await client.SendAsync(
                new HttpRequestMessage(new HttpMethod(method), path) { Content = method == "POST" ? JsonContent.Create(new { }) : null }, Cancellation);

            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            response.Headers.WwwAuthenticate.ToString().ShouldStartWith("Bearer realm=\"burqi\"");
            response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        }
    }

    [Fact]
    public async Task Request_NoKeysConfigured_IsRefusedWhateverItBrings()
    {
        Settings["BURQI_API_KEYS"] = null;
        await using var archiver = await StartArchiverAsync();
        using var client = Client(archiver);
        using var response = await client.GetAsync(new Uri("/reconciliations", UriKind.Relative), Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("""{"provider":"twilio","from":"2026-11-02","to":"2026-11-01T00:00:00Z"}""", "from", "The time is not before the one in to.")]
    [InlineData("""{"provider":"twilio","from":"2026-11-01T10:00:00Z","to":"2026-11-01T10:00:00Z"}""", "from", "The time is not before the one in to.")]
    [InlineData("""{"provider":"twilio","from":"2999-01-01","to":"2999-01-02"}""", "from", "The time lies in the future.")]
    [InlineData("""{"provider":"twilio","from":"2026-01-01","to":"2999-01-02"}""", "to", "The time lies in the future.")]
    [InlineData("""{"provider":"twilio","from":"2020-01-01","to":"2026-01-01"}""", "from", "From there to the time in to is more than 366 days: ask for one part after the other.")]
    [InlineData("""{"provider":"acs","from":"2026-01-01","to":"2026-01-01"}""", "provider", "The provider is one of: twilio.")]
    [InlineData("""{"from":"2026-01-01","to":"2026-01-01"}""", "provider", "The provider is one of: twilio.")]
    [InlineData("""{"provider":"twilio","to":"2026-01-01"}""", "from", "Give a day in UTC")]
    [InlineData("""{"provider":"twilio","from":"2026-01-01","to":"2026-01-01T10:00:00"}""", "to", "Give a day in UTC")]
    [InlineData("""{"provider":"twilio","from":20260101,"to":"2026-01-01"}""", "from", "Give a day in UTC")]
    [InlineData("""{"provider":"twilio","from":"2026-01-01","to":"2026-01-01","till":1}""", "till", "There is no such property")]
    [InlineData("""{"provider":"twilio","provider":"twilio","from":"2026-01-01","to":"2026-01-01"}""", "body", "comes twice")]
    [InlineData("[]", "body", "must be a JSON object")]
    [InlineData("{", "body", "is not JSON")]
    [InlineData("""{"provider":"\ud800","from":"2026-01-01","to":"2026-01-01"}""", "body", "not Unicode")]
    [InlineData("""{"provider":"twilio","from":"\udc00","to":"2026-01-01"}""", "body", "not Unicode")]
    [InlineData("""{"provider":"twilio","from":"2026-01-01","to":"2026-01-01","\ud800":1}""", "body", "not Unicode")]
    public async Task Post_SomethingIsWrong_IsRefusedByName(string body, string name, string sentence)
    {
        await using var archiver = await StartArchiverAsync();
        using var client = Client(archiver);
        using var response = await client.PostAsync(new Uri("/reconciliations", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;
        problem["errors"]![name].ShouldNotBeNull(problem.ToJsonString())[0]!.GetValue<string>().ShouldContain(sentence);
        (await GetAsync(archiver, "/reconciliations"))["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Post_WithoutAnEnd_ReachesToNow()
    {
        await using var archiver = await StartArchiverAsync();
        using var client = Client(archiver);
        using var response = await client.PostAsJsonAsync("/reconciliations", new { provider = "twilio", from = TimeProvider.System.GetUtcNow().AddHours(-1) }, Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!["to"]!.GetValue<DateTimeOffset>().ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Post_TheDayThatIsNotOver_ReachesToNow()
    {
        await using var archiver = await StartArchiverAsync();
        using var client = Client(archiver);
        var today = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        using var response = await client.PostAsJsonAsync("/reconciliations", new { provider = "twilio", from = today, to = today }, Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var run = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;
        run["from"]!.GetValue<string>().ShouldBe($"{today}T00:00:00Z");
        run["to"]!.GetValue<DateTimeOffset>().ShouldBe(TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Post_NoCredentials_IsRefusedWithWhatIsMissing()
    {
        Settings["TWILIO_ACCOUNT_SID"] = null;
        Settings["TWILIO_AUTH_TOKEN"] = null;
        Settings["BURQI_RECONCILE_INTERVAL_MINUTES"] = "0.01";
        await using var archiver = await StartArchiverAsync();
        using var client = Client(archiver);
        using var response = await client.PostAsJsonAsync("/reconciliations", new { provider = "twilio", from = "2026-11-01", to = "2026-11-02" }, Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!["detail"]!.GetValue<string>().ShouldStartWith("There are no credentials for Twilio: set TWILIO_API_KEY");
        (await GetAsync(archiver, "/reconciliations"))["items"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Post_ApiKeyWithoutItsAccount_SaysSoAndDoesNotFail()
    {
        Settings["TWILIO_ACCOUNT_SID"] = null;
        Settings["TWILIO_AUTH_TOKEN"] = null;
        Settings["TWILIO_API_KEY"] = "SK00000000000000000000000000000001";
        Settings["TWILIO_API_SECRET"] = "secret";
        await using var archiver = await StartArchiverAsync();

        var run = await RunAsync(archiver, TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow());

        const string note = "TWILIO_ACCOUNT_SID is missing: an API key alone does not say whose recordings are to be listed.";
        (run["status"]!.GetValue<string>(), run["error"]).ShouldBe(("completed", null));
        var account = run["accounts"]!.AsArray().ShouldHaveSingleItem()!;
        (account["status"]!.GetValue<string>(), account["note"]!.GetValue<string>(), account["error"]).ShouldBe(("skipped", note, null));
        Peer.Seen.ShouldBeEmpty();
        (await RunAsync(archiver, StartedAt, StartedAt.AddMinutes(1)))["status"]!.GetValue<string>().ShouldBe("completed");
        archiver.LogText.Split("is not reconciled. " + note).Length.ShouldBe(2, "it is said once");
    }

    [Fact]
    public async Task Post_ManyWaitAlready_IsRefused()
    {
        Peer.Answers[$"/2010-04-01/Accounts/{AccountSid}/Recordings.json"] = (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted);
        await using var archiver = await StartArchiverAsync();
        using var client = Client(archiver);
        for (var i = 0; i < 20; i++)
        {
            await AskAsync(archiver, StartedAt, StartedAt.AddMinutes(1));
        }

        using var response = await client.PostAsJsonAsync("/reconciliations", new { provider = "twilio", from = "2026-11-01", to = "2026-11-02" }, Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Theory]
    [InlineData("0199aa00-0000-7000-8000-000000000000")]
    [InlineData("no-id")]
    public async Task Get_UnknownRun_Is404(string id)
    {
        await using var archiver = await StartArchiverAsync();
        using var client = Client(archiver);
        using var response = await client.GetAsync(new Uri($"/reconciliations/{id}", UriKind.Relative), Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task Post_BodyOfAnotherKindOrTooLarge_IsRefused()
    {
        await using var archiver = await StartArchiverAsync();
        using var client = Client(archiver);
        using var text = await client.PostAsync(new Uri("/reconciliations", UriKind.Relative), new StringContent("{}", Encoding.UTF8, "text/plain"), Cancellation);
        using var large = await client.PostAsync(
            new Uri("/reconciliations", UriKind.Relative), new StringContent(new string(' ', 5000) + "{}", Encoding.UTF8, "application/json"), Cancellation);

        text.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        large.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }
}
