using Burqi.Catalog.Tests.Fixtures;
using Burqi.Testing;

namespace Burqi.Catalog.Tests.Recordings.Play;

public sealed class AzureBlobRedirectTests(AzureBlobRedirectTests.AzureBlobRedirectHost catalog)
    : RedirectContract(catalog), IClassFixture<AzureBlobRedirectTests.AzureBlobRedirectHost>
{
    protected override string Store => "azure";

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
