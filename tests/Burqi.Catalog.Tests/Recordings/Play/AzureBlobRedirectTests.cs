using System.Net;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Testing;

namespace Burqi.Catalog.Tests.Recordings.Play;

public sealed class AzureBlobRedirectTests(AzureBlobRedirectTests.AzureBlobRedirectHost catalog)
    : RedirectContract(catalog), IClassFixture<AzureBlobRedirectTests.AzureBlobRedirectHost>
{
    protected override string Store => "azure";

    [Fact]
    public async Task Request_ObjectInTheArchiveTier_Is409UntilItIsTakenOut()
    {
        var (told, _) = await StoreAsync(1000);
        await SetTierAsync(told, "Archive");

        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head])
        {
            using var response = await SendAsync(method, told, "/play");
            response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            response.Headers.Location.ShouldBeNull();
        }

        await SetTierAsync(told, "Hot");
        await AddressAsync(HttpMethod.Get, told, "/play");
    }

    private async Task SetTierAsync(Told told, string tier)
    {
        using var set = await (await AzureBlobServer.SharedAsync()).SendAsync(
            HttpMethod.Put,
            $"{((AzureBlobRedirectHost)Catalog).Container}/recordings/2026/03/01/{told.CallId}/mixed_1772357400.wav",
            "comp=tier",
            content: null,
            ("x-ms-access-tier", tier));
        set.EnsureSuccessStatusCode();
    }

    protected override async Task PutAsync(string objectKey, byte[] content) =>
        await (await AzureBlobServer.SharedAsync()).PutAsync(((AzureBlobRedirectHost)Catalog).Container, objectKey, content);

    public sealed class AzureBlobRedirectHost : CatalogHost
    {
        public string Container { get; private set; } = "";

        protected override async Task<Dictionary<string, string>> SettingsAsync()
        {
            var server = await AzureBlobServer.SharedAsync();
            Container = await server.CreateContainerAsync();
            return new Dictionary<string, string>
            {
                ["BURQI_STORE"] = "azure",
                ["BURQI_CONTENT_REDIRECT"] = "true",
                ["AZURE_STORAGE_CONTAINER"] = Container,
                ["AZURE_STORAGE_CONNECTION_STRING"] = server.ConnectionString,
            };
        }
    }
}
