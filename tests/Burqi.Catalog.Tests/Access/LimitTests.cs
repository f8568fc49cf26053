using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Burqi.Access;
using Burqi.Catalog.Tests.Fixtures;

namespace Burqi.Catalog.Tests.Access;

public sealed class LimitTests(LimitTests.OwnHost catalog) : IClassFixture<LimitTests.OwnHost>
{
    private const int MoreThanMayFail = 300;

    private readonly HttpClient client = KeyHolder.NewClient(catalog);

    [Fact]
    public async Task Key_ThatAsksTooOften_IsToldWhenToComeAgain()
    {
        using var hasty = await KeyHolder.CreateAsync(catalog, new { name = "hasty", scopes = new[] { "recordings:read" }, requests_per_minute = 2 });
        using var calm = await KeyHolder.CreateAsync(catalog, new { name = "calm", scopes = new[] { "recordings:read" }, requests_per_minute = 2 });

        // One more is given every 30 s: of five requests at once at least two are too many, however slow this machine is.
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => hasty.Client.GetAsync(new Uri("/calls?limit=1", UriKind.Relative))));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBeInRange(2, 3);
        var refused = answers.First(answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeInRange(1, 60);
        refused.Headers.CacheControl!.NoStore.ShouldBeTrue();
        refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await calm.GetAsync("/calls?limit=1")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Address_ThatTriesKeys_IsSlowedDown_AndNobodyElseIs()
    {
        var refused = 0;
        for (var attempt = 0; attempt < MoreThanMayFail && refused == 0; attempt++)
        {
            refused += await TryAsync("198.51.100.7", $"bq_{attempt.ToString(CultureInfo.InvariantCulture),43}".Replace(' ', 'A')) == HttpStatusCode.TooManyRequests ? 1 : 0;
        }

        refused.ShouldBe(1);

        // A good key goes on to open from there; another address may try, also one that claims to be behind the first.
        (await TryAsync("198.51.100.7", CatalogHost.ApiKey)).ShouldBe(HttpStatusCode.OK);
        (await OpenAsync("198.51.100.8", CatalogHost.ApiKey)).ShouldBe(HttpStatusCode.NoContent);
        (await TryAsync("198.51.100.7, 198.51.100.9", "key-of-the-tests-9999")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Sessions_ThatAreTriedTooOften_AreSlowedDown_AndNobodyElseIs()
    {
        // The network counts: one who has an address of it has all of them.
        (await BecomesTooManyAsync(attempt => OpenAsync(attempt % 2 == 0 ? "2001:db8::1" : "2001:db8::ffff", $"guess-{attempt.ToString(CultureInfo.InvariantCulture)}")))
            .ShouldBeTrue();

        (await OpenAsync("2001:db8::1", CatalogHost.ApiKey)).ShouldBe(HttpStatusCode.NoContent);
        (await OpenAsync("2001:db8:1::1", "guess")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Cookies_ThatAreMadeUp_CountAsKeysThatAreNone()
    {
        (await BecomesTooManyAsync(_ => TryCookieAsync("198.51.100.20"))).ShouldBeTrue();

        (await TryAsync("198.51.100.20", CatalogHost.ApiKey)).ShouldBe(HttpStatusCode.OK);
        (await TryCookieAsync("198.51.100.21")).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Key_ThatOpensSessionsTooOften_IsToldWhenToComeAgain()
    {
        using var hasty = await KeyHolder.CreateAsync(catalog, new { name = "hasty", scopes = new[] { "recordings:read" }, requests_per_minute = 2 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => OpenAsync("198.51.100.30", hasty.Key)));

        answers.Count(answer => answer == HttpStatusCode.NoContent).ShouldBeInRange(2, 3);
        answers.ShouldContain(HttpStatusCode.TooManyRequests);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(60)]
    [InlineData(90)]
    [InlineData(1200)]
    [InlineData(RequestLimits.MostRequestsPerMinute)]
    public void Limit_OfAMinute_IsWhatAMinuteGives(int limit)
    {
        var bucket = RequestLimits.Bucket(limit);

        bucket.TokenLimit.ShouldBe(limit);
        (bucket.TokensPerPeriod * (TimeSpan.FromMinutes(1) / bucket.ReplenishmentPeriod)).ShouldBe(limit, tolerance: limit * 0.001);
    }

    private static async Task<bool> BecomesTooManyAsync(Func<int, Task<HttpStatusCode>> tryAsync)
    {
        for (var attempt = 0; attempt < MoreThanMayFail; attempt++)
        {
            if (await tryAsync(attempt) == HttpStatusCode.TooManyRequests)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<HttpStatusCode> TryCookieAsync(string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/session");
        request.Headers.Add("Cookie", $"burqi_session={new string('A', 64)}");
        return await SendAsync(request, address);
    }

    private async Task<HttpStatusCode> TryAsync(string address, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/calls?limit=1");
        request.Headers.Add("Authorization", $"Bearer {key}");
        return await SendAsync(request, address);
    }

    private async Task<HttpStatusCode> OpenAsync(string address, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/session") { Content = JsonContent.Create(new { key }) };
        return await SendAsync(request, address);
    }

    private async Task<HttpStatusCode> SendAsync(HttpRequestMessage request, string address)
    {
        request.Headers.Add("X-Forwarded-For", address);
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }

    public sealed class OwnHost : CatalogHost
    {
        protected override Task<Dictionary<string, string>> SettingsAsync() => Task.FromResult(new Dictionary<string, string> { ["BURQI_TRUSTED_PROXIES"] = "127.0.0.1, ::1" });
    }
}
