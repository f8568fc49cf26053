using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Burqi.Catalog.Access.Oidc;
using Burqi.Catalog.Tests.Fixtures;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Tests.Access.Oidc;

public sealed class OidcTests(OidcTests.TrustingHost catalog) : IClassFixture<OidcTests.TrustingHost>
{
    private static readonly (string What, Func<Issuer, string> Make)[] Refused =
    [
        ("another audience", issuer => issuer.Token(claims => claims["aud"] = "somebody-else")),
        ("no audience", issuer => issuer.Token(claims => claims.Remove("aud"))),
        ("another issuer", issuer => issuer.Token(claims => claims["iss"] = issuer.Authority + "/")),
        ("over", issuer => issuer.Token(claims => claims["exp"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 120)),
        ("without an end", issuer => issuer.Token(claims => claims.Remove("exp"))),
        ("not yet", issuer => issuer.Token(claims => claims["nbf"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 300)),
        ("of nobody", issuer => issuer.Token(claims => claims.Remove("sub"))),
        ("with a subject that breaks lines", issuer => issuer.Token(claims => claims["sub"] = "a\r\nb")),
        ("for something else", issuer => issuer.Token(header: header => header["typ"] = "logout+jwt")),
        ("with a critical header", issuer => issuer.Token(header: header => header["crit"] = new JsonArray("b64"))),
        ("of an unknown key", issuer => issuer.Token(header: header => header["kid"] = "rsa-9")),
        ("of the other kind of key", issuer => issuer.Token(header: header => header["kid"] = "ec-1")),
        ("signed by another algorithm than it says", issuer => issuer.Token(header: header => header["alg"] = "ES256")),
        ("unsigned", issuer => issuer.Token(header: header => header["alg"] = "none")),
        ("with its signature cut off", issuer => issuer.Token()[..^20]),
        ("with half of a character as issuer", issuer => $"{Issuer.Encode("""{"alg":"RS256","kid":"rsa-1"}""")}.{Issuer.Encode("""{"iss":"\ud800"}""")}.AAAA"),
        ("whose claims come twice", issuer => $"{Issuer.Encode("""{"alg":"RS256","kid":"rsa-1"}""")}.{Issuer.Encode($$"""{"iss":"{{issuer.Authority}}","iss":"x"}""")}.AAAA"),
        ("signed with the public key as a secret", Confused),
        ("changed after it was signed", issuer =>
        {
            var parts = issuer.Token().Split('.');
            return $"{parts[0]}.{issuer.Token(claims => claims["scope"] = "admin").Split('.')[1]}.{parts[2]}";
        }),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Token_OfTheIssuer_OpensItsScopesAndIsNotedByItsSubject(bool onCurve)
    {
        var told = new Told();
        await catalog.TellAsync(told.CallStarted());
        var token = catalog.Issuer.Token(claims => claims["burqi"] = new JsonObject { ["assistants"] = new JsonArray(told.AssistantId) }, onCurve: onCurve);

        (await StatusAsync(token, $"/calls/{told.CallId}")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(token, $"/calls/{told.CallId}/recording/{told.Id}/play")).ShouldBe(HttpStatusCode.Forbidden);

        await using var connection = await catalog.Database.OpenConnectionAsync();
        (await connection.QuerySingleAsync<(string, string)>("select api_key_id, api_key_name from catalog.recording_events where call_id = @CallId", new { told.CallId }))
            .ShouldBe(("oidc:u-1", "Ada"));
    }

    [Theory]
    [InlineData("scp", """["recordings:read"]""")]
    [InlineData("scp", "\"profile recordings:read\"")]
    [InlineData("realm", """{"roles": ["recordings:read", "other"]}""")]
    public async Task Token_ScopesElsewhere_AreFound(string claim, string value)
    {
        var token = catalog.Issuer.Token(claims =>
        {
            claims.Remove("scope");
            claims[claim] = JsonNode.Parse(value);
        });

        (await StatusAsync(token, "/calls?limit=1")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(catalog.Issuer.Token(claims => claims["scope"] = "openid recordings:readX"), "/calls?limit=1")).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Token_LimitedOrNot_SeesItsAssistantsAlone()
    {
        var told = new Told { AssistantId = "assistant-of-tokens" };
        await catalog.TellAsync(told.CallStarted());
        foreach (var (assistants, scope, expected) in ((JsonNode?, string, HttpStatusCode)[])
            [
                (new JsonArray("assistant-of-tokens", "x"), "recordings:read", HttpStatusCode.OK),
                (JsonValue.Create("assistant-of-tokens"), "recordings:read", HttpStatusCode.OK),
                (new JsonArray("x"), "recordings:read admin", HttpStatusCode.NotFound),
                (null, "recordings:read", HttpStatusCode.NotFound),
                (null, "admin", HttpStatusCode.OK),
            ])
        {
            var token = catalog.Issuer.Token(claims =>
            {
                claims["scope"] = scope;
                claims["burqi"] = new JsonObject { ["assistants"] = assistants };
            });
            (await StatusAsync(token, $"/calls/{told.CallId}")).ShouldBe(expected);
        }
    }

    [Fact]
    public async Task Token_ThatIsNotGood_IsRefused()
    {
        // Each from the first to the last of them: one that is let through is named.
        var letThrough = new List<string>();
        foreach (var (what, make) in Refused)
        {
            if (await StatusAsync(make(catalog.Issuer), "/calls?limit=1") != HttpStatusCode.Unauthorized)
            {
                letThrough.Add(what);
            }
        }

        letThrough.ShouldBeEmpty();
        catalog.Issuer.Asked.ShouldBeLessThan(5);
    }

    [Fact]
    public async Task Session_OfAToken_LastsAsLongAsTheToken()
    {
        var end = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 300;
        using var opened = await catalog.AnonymousClient.PostAsJsonAsync(
            new Uri("/session", UriKind.Relative), new { key = catalog.Issuer.Token(claims => claims["exp"] = end) });
        opened.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/session");
        request.Headers.Add("Cookie", opened.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        using var session = await catalog.AnonymousClient.SendAsync(request);
        var view = JsonNode.Parse(await session.Content.ReadAsStringAsync());
        view.ShouldHave(("name", "Ada"));
        view!["scopes"]!.AsArray().Select(scope => scope!.GetValue<string>()).ShouldBe(["recordings:read"]);
        view["expires_at"]!.GetValue<DateTimeOffset>().ToUnixTimeSeconds().ShouldBe(end);
    }

    [Fact]
    public async Task Token_OfAKeyThatIsNew_IsKnownWithoutARestart()
    {
        await using var fresh = new TrustingHost();
        await fresh.InitializeAsync();
        (await StatusAsync(fresh, fresh.Issuer.Token(), "/calls?limit=1")).ShouldBe(HttpStatusCode.OK);
        var old = fresh.Issuer.Token();
        fresh.Issuer.Roll();

        (await StatusAsync(fresh, fresh.Issuer.Token(), "/calls?limit=1")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(fresh, old, "/calls?limit=1")).ShouldBe(HttpStatusCode.Unauthorized);

        // The issuer goes away: its keys are used on, and ours have nothing to do with it.
        await fresh.Issuer.DisposeAsync();
        (await fresh.Client.GetAsync(new Uri("/calls?limit=1", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Token_OfAKeyThatIsNew_IsKnownAlthoughWhoeverAskedFirstLeft()
    {
        await using var fresh = new TrustingHost();
        await fresh.InitializeAsync();
        (await StatusAsync(fresh, fresh.Issuer.Token(), "/calls?limit=1")).ShouldBe(HttpStatusCode.OK);
        fresh.Issuer.Roll();
        var asked = fresh.Issuer.Hold();
        using (var leaving = new CancellationTokenSource())
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/calls?limit=1");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", fresh.Issuer.Token(header: header => header["kid"] = "rsa-9"));
            var answer = fresh.AnonymousClient.SendAsync(request, leaving.Token);
            await asked.WaitAsync(TestContext.Current.CancellationToken);
            await leaving.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(() => answer);
        }

        fresh.Issuer.Release();
        (await StatusAsync(fresh, fresh.Issuer.Token(), "/calls?limit=1")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Verify_WithAKeyOfSomeHoursAgo_WaitsForNoIssuer()
    {
        var time = new LaterTime();
        await using var issuer = await Issuer.StartAsync();
        var keys = new OidcKeys(
            catalog.Services.GetRequiredService<IHttpClientFactory>(), Options.Create(new OidcOptions { Authority = issuer.Authority }), time, NullLogger<OidcKeys>.Instance);
        var token = SignedToken.Parse(issuer.Token())!;
        (await keys.VerifyAsync(token, TestContext.Current.CancellationToken)).ShouldNotBeNull();

        time.Later = TimeSpan.FromHours(2);
        var asked = issuer.Hold();
        var verified = keys.VerifyAsync(token, TestContext.Current.CancellationToken).AsTask();
        verified.IsCompleted.ShouldBeTrue();
        (await verified).ShouldNotBeNull();

        await asked.WaitAsync(TestContext.Current.CancellationToken);
        issuer.Release();
    }

    [Theory]
    [InlineData("http://issuer.example", "a", false)]
    [InlineData("https://issuer.example", null, false)]
    [InlineData(null, "a", false)]
    [InlineData("https://user@issuer.example", "a", false)]
    [InlineData("https://issuer.example/realms/x", "a", true)]
    [InlineData("http://127.0.0.1:1", "a", true)]
    [InlineData(null, null, true)]
    public void Options_ThatDoNotGoTogether_AreRefused(string? authority, string? audience, bool isGood) =>
        new OidcOptionsValidator().Validate(Options.DefaultName, new OidcOptions { Authority = authority, Audience = audience }).Succeeded.ShouldBe(isGood);

    private static string Confused(Issuer issuer)
    {
        var signed = $"{Issuer.Encode("""{"alg":"HS256","kid":"rsa-1"}""")}.{issuer.Token().Split('.')[1]}";
        return $"{signed}.{System.Buffers.Text.Base64Url.EncodeToString(HMACSHA256.HashData(issuer.Rsa.ExportSubjectPublicKeyInfo(), Encoding.ASCII.GetBytes(signed)))}";
    }

    private Task<HttpStatusCode> StatusAsync(string token, string address) => StatusAsync(catalog, token, address);

    private static async Task<HttpStatusCode> StatusAsync(CatalogHost host, string token, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await host.AnonymousClient.SendAsync(request);
        return response.StatusCode;
    }

    private sealed class LaterTime : TimeProvider
    {
        public TimeSpan Later { get; set; }

        public override long GetTimestamp() => base.GetTimestamp() + (long)(Later.TotalSeconds * TimestampFrequency);
    }

    public sealed class TrustingHost : CatalogHost
    {
        internal Issuer Issuer { get; private set; } = null!;

        protected override async Task<Dictionary<string, string>> SettingsAsync()
        {
            Issuer = await Issuer.StartAsync();
            return new()
            {
                ["BURQI_OIDC_AUTHORITY"] = Issuer.Authority,
                ["BURQI_OIDC_AUDIENCE"] = Issuer.Audience,
                ["BURQI_OIDC_SCOPES_CLAIM"] = "realm.roles",
                ["BURQI_OIDC_ASSISTANTS_CLAIM"] = "burqi.assistants",
            };
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await Issuer.DisposeAsync();
        }
    }
}
