using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Burqi.Access;
using Burqi.Catalog.Access.Sessions;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Tests.Access;

public sealed class SessionTests(CatalogHost catalog) : IDisposable
{
    private readonly HttpClient browser = KeyHolder.NewClient(catalog);

    private const string Cookie = "burqi_session";

    [Fact]
    public async Task Session_OfAKey_OpensWhatTheKeyOpens()
    {
        using var holder = await KeyHolder.CreateAsync(catalog, new { name = "night shift", scopes = new[] { "recordings:read" }, assistants = new[] { "front-desk" } });
        var (token, header) = await OpenAsync(holder.Key);

        header.ShouldContain("httponly", Case.Insensitive);
        header.ShouldContain("samesite=strict", Case.Insensitive);
        header.ShouldContain("path=/", Case.Insensitive);
        header.ShouldNotContain("secure", Case.Insensitive);
        token.Length.ShouldBe(64);
        using var read = await SendAsync(HttpMethod.Get, "/calls?limit=1", token);
        read.StatusCode.ShouldBe(HttpStatusCode.OK);
        read.Headers.CacheControl!.Private.ShouldBeTrue();
        read.Headers.Vary.ShouldContain("Cookie");
        using var refused = await SendAsync(HttpMethod.Get, "/keys", token);
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var session = await SendAsync(HttpMethod.Get, "/session", token);
        var who = JsonNode.Parse(await session.Content.ReadAsStringAsync())!;
        who.ShouldHave(("name", "night shift"));
        who["scopes"]!.AsArray().Select(scope => scope!.GetValue<string>()).ShouldBe(["recordings:read"]);
        who["assistants"]!.AsArray().Select(assistant => assistant!.GetValue<string>()).ShouldBe(["front-desk"]);
        who["expires_at"]!.GetValue<DateTimeOffset>().ShouldBeInRange(DateTimeOffset.UtcNow.AddHours(11), DateTimeOffset.UtcNow.AddHours(12.1));
    }

    [Fact]
    public async Task Session_BehindTls_IsSentOverTlsAlone()
    {
        using var request = Open(CatalogHost.ApiKey);
        request.Headers.Add("Origin", $"https://{browser.BaseAddress!.Authority}");
        using var response = await browser.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        response.Headers.GetValues("Set-Cookie").Single().ShouldContain("secure", Case.Insensitive);
    }

    [Fact]
    public async Task Session_Row_HoldsNeitherTokenNorKey()
    {
        using var holder = await KeyHolder.CreateAsync(catalog, "recordings:read");
        var (token, _) = await OpenAsync(holder.Key);

        await using var command = catalog.Database.CreateCommand(
            "select (select string_agg(s::text, ' ') from catalog.sessions s) || (select string_agg(k::text, ' ') from catalog.api_keys k)");
        var rows = (string)(await command.ExecuteScalarAsync())!;
        rows.ShouldContain(holder.Id);
        rows.ShouldNotContain(token);
        rows.ShouldNotContain(holder.Key);
        // The hash of a session's key is not there either: a weak one could be guessed from it.
        await using var sessions = catalog.Database.CreateCommand("select string_agg(s::text, ' ') from catalog.sessions s");
        ((string)(await sessions.ExecuteScalarAsync())!).ShouldNotContain(Convert.ToHexStringLower(ApiKeys.Hash(holder.Key)));
    }

    [Fact]
    public async Task Session_ThatIsEnded_OpensNothing()
    {
        var (token, _) = await OpenAsync(CatalogHost.ApiKey);

        using var ended = await SendAsync(HttpMethod.Delete, "/session", token, ("X-Burqi-Request", "1"), ("Sec-Fetch-Site", "same-origin"));
        ended.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        ended.Headers.GetValues("Set-Cookie").Single().ShouldStartWith($"{Cookie}=;");
        using var after = await SendAsync(HttpMethod.Get, "/session", token);
        after.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Session_OfAKeyThatIsRevoked_EndsWithIt()
    {
        using var holder = await KeyHolder.CreateAsync(catalog, "recordings:read");
        var (token, _) = await OpenAsync(holder.Key);
        (await catalog.Client.DeleteAsync(new Uri($"/keys/{holder.Id}", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await Eventually.BecomesTrueAsync(async () =>
        {
            using var response = await SendAsync(HttpMethod.Get, "/session", token);
            return response.StatusCode == HttpStatusCode.Unauthorized;
        });
    }

    [Fact]
    public async Task Session_OfAKeyThatIsExchanged_EndsWithTheOldOne()
    {
        using var holder = await KeyHolder.CreateAsync(catalog, "recordings:read");
        var (token, _) = await OpenAsync(holder.Key);
        using var rotated = await catalog.Client.PostAsJsonAsync($"/keys/{holder.Id}/rotate", new { });
        rotated.StatusCode.ShouldBe(HttpStatusCode.OK);

        await Eventually.BecomesTrueAsync(async () =>
        {
            using var response = await SendAsync(HttpMethod.Get, "/session", token);
            return response.StatusCode == HttpStatusCode.Unauthorized;
        });
    }

    [Fact]
    public async Task Open_WithAKeyThatIsRevokedMeanwhile_OpensNoSession()
    {
        var callers = new Callers([new RevokedMeanwhile()], []);
        var services = catalog.Services;
        var sessions = new BrowserSessions(
            services.GetRequiredService<SessionTable>(), services.GetRequiredService<SessionSecret>(), callers, services.GetRequiredService<TimeProvider>());

        var caller = await callers.FindAsync("any", TestContext.Current.CancellationToken);
        (await sessions.OpenAsync("any", caller.ShouldNotBeNull(), TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    [Fact]
    public void Token_AnyCharacterChanged_IsNotSigned()
    {
        var secret = new byte[32];
        var token = SessionToken.New(secret);
        token.ShouldNotBe(SessionToken.New(secret));
        SessionToken.IsSigned(token, secret).ShouldBeTrue();
        SessionToken.IsSigned(token, [.. secret[1..], 1]).ShouldBeFalse();
        for (var place = 0; place < token.Length; place++)
        {
            var changed = token.ToCharArray();
            changed[place] = changed[place] == 'A' ? 'B' : 'A';
            SessionToken.IsSigned(new string(changed), secret).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task Open_InASessionOfBefore_MakesANewOneAndEndsTheOld()
    {
        var (first, _) = await OpenAsync(CatalogHost.ApiKey);
        using var request = Open(CatalogHost.OtherApiKey);
        request.Headers.Add("Cookie", $"{Cookie}={first}");
        using var response = await browser.SendAsync(request);

        var second = Token(response.Headers.GetValues("Set-Cookie").Single());
        second.ShouldNotBe(first);
        using var old = await SendAsync(HttpMethod.Get, "/session", first);
        old.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Open_WithACookieOfSomebodysChoice_DoesNotTakeIt()
    {
        var planted = new string('A', 64);
        using var request = Open(CatalogHost.ApiKey);
        request.Headers.Add("Cookie", $"{Cookie}={planted}");
        using var response = await browser.SendAsync(request);

        Token(response.Headers.GetValues("Set-Cookie").Single()).ShouldNotBe(planted);
        using var asked = await SendAsync(HttpMethod.Get, "/session", planted);
        asked.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("{\"key\": \"key-of-the-tests-9999\"}", HttpStatusCode.Unauthorized)]
    [InlineData("{\"key\": \"\"}", HttpStatusCode.BadRequest)]
    [InlineData("{\"key\": 1}", HttpStatusCode.BadRequest)]
    [InlineData("{\"key\": \"\\ud800\"}", HttpStatusCode.BadRequest)]
    [InlineData("{\"key\": \"a\", \"key\": \"b\"}", HttpStatusCode.BadRequest)]
    [InlineData("{\"token\": \"key-of-the-tests-0001\"}", HttpStatusCode.BadRequest)]
    [InlineData("[]", HttpStatusCode.BadRequest)]
    [InlineData("key=key-of-the-tests-0001", HttpStatusCode.BadRequest)]
    public async Task Open_WithWhatIsNoKey_IsRefused(string body, HttpStatusCode expected)
    {
        using var request = Open(CatalogHost.ApiKey);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await browser.SendAsync(request);
        response.StatusCode.ShouldBe(expected);
        response.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Fact]
    public async Task Open_ByAForm_IsRefused()
    {
        using var form = new StringContent($"{{\"key\": \"{CatalogHost.ApiKey}\"}}", Encoding.UTF8, "text/plain");
        using var response = await browser.PostAsync(new Uri("/session", UriKind.Relative), form);
        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("Origin", "https://example.org")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Open_ByAnotherPage_IsRefused(string header, string value)
    {
        using var request = Open(CatalogHost.ApiKey);
        request.Headers.Add(header, value);
        using var response = await browser.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        response.Headers.Contains("Set-Cookie").ShouldBeFalse();
    }

    [Theory]
    [InlineData(true, "same-origin", null, HttpStatusCode.NotFound)]
    [InlineData(true, null, "own", HttpStatusCode.NotFound)]
    [InlineData(false, "same-origin", null, HttpStatusCode.Forbidden)]
    [InlineData(true, null, null, HttpStatusCode.Forbidden)]
    [InlineData(true, "cross-site", null, HttpStatusCode.Forbidden)]
    [InlineData(true, "same-site", "own", HttpStatusCode.Forbidden)]
    [InlineData(true, "none", null, HttpStatusCode.Forbidden)]
    [InlineData(true, null, "https://example.org", HttpStatusCode.Forbidden)]
    [InlineData(true, null, "null", HttpStatusCode.Forbidden)]
    public async Task Change_InASession_IsMadeByOurOwnPageAlone(bool hasHeader, string? site, string? origin, HttpStatusCode expected)
    {
        var (token, _) = await OpenAsync(CatalogHost.ApiKey);
        var headers = new List<(string, string)>();
        if (hasHeader)
        {
            headers.Add(("X-Burqi-Request", "1"));
        }

        if (site is not null)
        {
            headers.Add(("Sec-Fetch-Site", site));
        }

        if (origin is not null)
        {
            headers.Add(("Origin", origin == "own" ? browser.BaseAddress!.GetLeftPart(UriPartial.Authority) : origin));
        }

        // An assistant that is not there: 404 has passed the door.
        using var response = await SendAsync(HttpMethod.Delete, $"/assistants/none-{Guid.NewGuid():N}", token, [.. headers]);
        response.StatusCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData("same-site")]
    [InlineData("cross-site")]
    public async Task Read_InASession_ByAnotherPage_IsRefused(string site)
    {
        var (token, _) = await OpenAsync(CatalogHost.ApiKey);
        using var response = await SendAsync(HttpMethod.Get, "/calls?limit=1", token, ("Sec-Fetch-Site", site));
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Change_WithAKeyBesideTheCookie_NeedsNoHeader()
    {
        var (token, _) = await OpenAsync(CatalogHost.OtherApiKey);
        using var response = await SendAsync(HttpMethod.Delete, $"/assistants/none-{Guid.NewGuid():N}", token, ("Authorization", $"Bearer {CatalogHost.ApiKey}"));
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Request_WithAKeyThatIsNone_DoesNotFallBackToTheCookie()
    {
        var (token, _) = await OpenAsync(CatalogHost.ApiKey);
        using var response = await SendAsync(HttpMethod.Get, "/session", token, ("Authorization", "Bearer key-of-the-tests-9999"));
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("'; drop table catalog.sessions; --1234567890")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Request_WithACookieThatIsNone_Is401(string token)
    {
        using var response = await SendAsync(HttpMethod.Get, "/session", token);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    public void Dispose() => browser.Dispose();

    private static HttpRequestMessage Open(string key) => new(HttpMethod.Post, "/session") { Content = JsonContent.Create(new { key }) };

    private static string Token(string header) => header[(Cookie.Length + 1)..header.IndexOf(';', StringComparison.Ordinal)];

    private async Task<(string Token, string Header)> OpenAsync(string key)
    {
        using var request = Open(key);
        using var response = await browser.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var header = response.Headers.GetValues("Set-Cookie").Single();
        return (Token(header), header);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string route, string token, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, route);
        request.Headers.TryAddWithoutValidation("Cookie", $"{Cookie}={token}");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await browser.SendAsync(request);
    }

    /// <summary>Knows a key when it is asked for whom it stands, and no more when it is asked again.</summary>
    private sealed class RevokedMeanwhile : IKeySource
    {
        public ValueTask<Caller?> FindAsync(string token, CancellationToken cancellationToken) =>
            ValueTask.FromResult<Caller?>(new() { Id = Guid.NewGuid().ToString("N"), Name = "revoked", Scopes = new HashSet<string> { Scopes.Admin } });

        public ValueTask<IReadOnlyList<(byte[] Hash, Caller Caller)>> KeysAsync(string id, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IReadOnlyList<(byte[] Hash, Caller Caller)>>([]);
    }
}
