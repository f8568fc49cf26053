using System.Net;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Testing;

namespace Burqi.Catalog.Tests.Recordings.Play;

/// <summary>Encrypted objects in a container of Azure's.</summary>
public sealed class EncryptedAzureContentTests(EncryptedAzureContentTests.EncryptedAzureHost catalog)
    : RecordingContentContract(catalog), IClassFixture<EncryptedAzureContentTests.EncryptedAzureHost>
{
    [Theory]
    [InlineData("bytes=65530-65540")]
    [InlineData("bytes=131072-")]
    [InlineData("bytes=-1")]
    public async Task Get_RangeAcrossChunks_IsThatPartOfTheAudio(string range)
    {
        var (told, bytes) = await StoreAsync(200_000);
        using var response = await SendAsync(HttpMethod.Get, Play(told), ("Range", range));

        response.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        var part = response.Content.Headers.ContentRange.ShouldNotBeNull();
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(bytes[(int)part.From!..((int)part.To! + 1)]);
    }

    protected override async Task PutAsync(string objectKey, Stream content)
    {
        var (encrypted, metadata) = await EncryptedObject.OfAsync(objectKey, content);
        await (await AzureBlobServer.SharedAsync()).PutAsync(((EncryptedAzureHost)Catalog).Container, objectKey, encrypted, metadata);
    }

    public sealed class EncryptedAzureHost : CatalogHost
    {
        public string Container { get; private set; } = "";

        protected override async Task<Dictionary<string, string>> SettingsAsync()
        {
            var server = await AzureBlobServer.SharedAsync();
            Container = await server.CreateContainerAsync();
            return new Dictionary<string, string>(EncryptedObject.Settings)
            {
                ["BURQI_STORE"] = "azure",
                ["AZURE_STORAGE_CONTAINER"] = Container,
                ["AZURE_STORAGE_CONNECTION_STRING"] = server.ConnectionString,
            };
        }
    }
}
