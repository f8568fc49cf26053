using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;

namespace Burqi.Catalog.Tests.Access;

/// <summary>A key that was made for a test, and a client that sends it.</summary>
internal sealed class KeyHolder(string id, string key, HttpClient client) : IDisposable
{
    public string Id => id;

    public string Key => key;

    public HttpClient Client => client;

    public static async Task<KeyHolder> CreateAsync(CatalogHost catalog, object content)
    {
        using var response = await catalog.Client.PostAsJsonAsync("/keys", content);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        response.StatusCode.ShouldBe(HttpStatusCode.Created, body.ToString());
        var key = body["key"]!.GetValue<string>();
        return new(body["id"]!.GetValue<string>(), key, ClientWith(catalog, key));
    }

    public static Task<KeyHolder> CreateAsync(CatalogHost catalog, params string[] scopes) => CreateAsync(catalog, new { name = "a test's", scopes });

    /// <summary>A client that sends nothing by itself, no cookie either.</summary>
    public static HttpClient NewClient(CatalogHost catalog) =>
        new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = catalog.Client.BaseAddress };

    public static HttpClient ClientWith(CatalogHost catalog, string key)
    {
        var client = NewClient(catalog);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public async Task<HttpStatusCode> GetAsync(string route) => await GetAsync(client, route);

    public static async Task<HttpStatusCode> GetAsync(HttpClient client, string route)
    {
        using var response = await client.GetAsync(new Uri(route, UriKind.Relative));
        return response.StatusCode;
    }

    public void Dispose() => client.Dispose();
}
