using System.Net;
using System.Text.Json.Nodes;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Disk;
using Microsoft.AspNetCore.Http;

namespace Burqi.Catalog.Tests.Recordings.Play;

/// <summary>What KMS says of who asked is not for who plays.</summary>
public sealed class KmsRefusesTests(KmsRefusesTests.KmsHost catalog) : IClassFixture<KmsRefusesTests.KmsHost>
{
    private const string Key = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    [Fact]
    public async Task Get_KmsRefuses_Is503WithoutWhatItSaid()
    {
        var told = new Told();
        var archived = told.Archived(fileSize: 7);
        var (encrypted, metadata) = await EncryptedObject.OfAsync(archived.ObjectKey, new MemoryStream("1234567"u8.ToArray()), Key);
        var path = Path.Combine(catalog.ObjectsDirectory, archived.ObjectKey);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, encrypted, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(
            FileMetadata.PathOf(path, File.GetLastWriteTimeUtc(path)), FileMetadata.Serialize(encrypted.Length, metadata), TestContext.Current.CancellationToken);
        await catalog.TellAsync(archived);

        using var response = await catalog.Client.GetAsync(new Uri($"/calls/{told.CallId}/recording/{told.Id}/play", UriKind.Relative));

        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!.GetValue<string>().ShouldBe($"Key '{Key}' could not be asked of KMS.");
    }

    public sealed class KmsHost : CatalogHost
    {
        private PlayedServer? _kms;

        protected override async Task<Dictionary<string, string>> SettingsAsync()
        {
            _kms = await PlayedServer.StartAsync(async context =>
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                context.Response.ContentType = "application/x-amz-json-1.1";
                await context.Response.WriteAsync(
                    """{"__type":"AccessDeniedException","message":"User: arn:aws:iam::111122223333:user/somebody is not authorized to perform: kms:Decrypt"}""");
            });
            return new Dictionary<string, string>
            {
                ["BURQI_ENCRYPTION_KMS_KEY_ID"] = Key,
                ["AWS_ENDPOINT_URL_KMS"] = _kms.Url,
                ["AWS_ACCESS_KEY_ID"] = "id",
                ["AWS_SECRET_ACCESS_KEY"] = "secret",
            };
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await _kms!.DisposeAsync();
        }
    }
}
