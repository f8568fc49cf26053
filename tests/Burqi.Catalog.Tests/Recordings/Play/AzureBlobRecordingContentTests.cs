using System.Net;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Testing;

namespace Burqi.Catalog.Tests.Recordings.Play;

public sealed class AzureBlobRecordingContentTests(AzureBlobRecordingContentTests.AzureBlobHost catalog)
    : RecordingContentContract(catalog), IClassFixture<AzureBlobRecordingContentTests.AzureBlobHost>
{
    protected override async Task PutAsync(string objectKey, Stream content)
    {
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes);
        await (await AzureBlobServer.SharedAsync()).PutAsync(((AzureBlobHost)Catalog).Container, objectKey, bytes.ToArray());
    }

    [Theory]
    [InlineData("../OTHER/secret.wav")]
    [InlineData("recordings/../../OTHER/secret.wav")]
    [InlineData("./recordings/secret.wav")]
    [InlineData("recordings//secret.wav")]
    public async Task Get_KeyThatLeavesTheContainer_Is404(string objectKey)
    {
        var server = await AzureBlobServer.SharedAsync();
        var other = await server.CreateContainerAsync();
        await server.PutAsync(other, "secret.wav", "1234567"u8.ToArray());
        await server.PutAsync(((AzureBlobHost)Catalog).Container, "recordings/secret.wav", "1234567"u8.ToArray());
        var told = new Told();
        await Catalog.TellAsync(told.Archived(objectKey.Replace("OTHER", other), fileSize: 7));

        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Head])
        {
            using var response = await SendAsync(method, Play(told));
            response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }
    }

    public sealed class AzureBlobHost : CatalogHost
    {
        public string Container { get; private set; } = "";

        protected override async Task<Dictionary<string, string>> SettingsAsync()
        {
            var server = await AzureBlobServer.SharedAsync();
            Container = await server.CreateContainerAsync();

            // Reading is all that catalog does, and all that it needs to be allowed.
            var sas = new AzureSas { Account = server.Account, Container = Container, Permissions = "r", ExpiresOn = DateTimeOffset.UtcNow.AddHours(1) };
            return new Dictionary<string, string>
            {
                ["BURQI_STORE"] = "azure",
                ["AZURE_STORAGE_CONTAINER"] = Container,
                ["AZURE_STORAGE_CONNECTION_STRING"] = server.ConnectionStringOf(sas),
            };
        }
    }
}
