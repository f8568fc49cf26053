using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;

namespace Burqi.Catalog.Tests.Access;

public sealed class ApiKeyTests(CatalogHost catalog)
{
    public static TheoryData<string> Routes =>
    [
        "/calls",
        "/calls/CA1",
        "/recordings",
        "/recordings/6f1c0e0a-9a53-4c3f-8d57-5f2b7a6a1f0e",
        "/calls/CA1/recording/6f1c0e0a-9a53-4c3f-8d57-5f2b7a6a1f0e",
        "/calls/CA1/recording/6f1c0e0a-9a53-4c3f-8d57-5f2b7a6a1f0e/play",
        "/assistants",
        "/assistants/front-desk",
        "/openapi/v1.json",
    ];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Request_NoKey_Is401AndSaysHow(string route)
    {
        using var response = await catalog.AnonymousClient.GetAsync(new Uri(route, UriKind.Relative));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer realm=\"burqi\"");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        JsonNode.Parse(await response.Content.ReadAsStringAsync()).ShouldHave(("status", 401));
    }

    [Theory]
    [InlineData("Bearer", CatalogHost.ApiKey, HttpStatusCode.OK)]
    [InlineData("bearer", CatalogHost.OtherApiKey, HttpStatusCode.OK)]
    [InlineData("Bearer", CatalogHost.ApiKey + "x", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer", "key-of-the-tests-000", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer", CatalogHost.ApiKey + "," + CatalogHost.OtherApiKey, HttpStatusCode.Unauthorized)]
    [InlineData("Basic", CatalogHost.ApiKey, HttpStatusCode.Unauthorized)]
    public async Task Request_WithHeader_OpensForAKeyOnly(string scheme, string key, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/recordings?limit=1");
        request.Headers.Authorization = new AuthenticationHeaderValue(scheme, key);
        using var response = await catalog.AnonymousClient.SendAsync(request);

        response.StatusCode.ShouldBe(expected);
        if (expected == HttpStatusCode.Unauthorized && scheme == "Bearer")
        {
            response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer realm=\"burqi\", error=\"invalid_token\"");
        }
    }

    [Fact]
    public async Task Request_KeyInTheQuery_IsNoKey()
    {
        using var response = await catalog.AnonymousClient.GetAsync(new Uri($"/recordings?key={CatalogHost.ApiKey}", UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
