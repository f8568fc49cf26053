using System.Net;
using System.Web;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Testing;

namespace Burqi.Catalog.Tests.Recordings.Play;

public sealed class S3RedirectTests(S3RedirectTests.S3RedirectHost catalog) : RedirectContract(catalog), IClassFixture<S3RedirectTests.S3RedirectHost>
{
    protected override string Store => "s3";

    [Fact]
    public async Task Address_IsGoodForAsLongAsTheSettingsSay()
    {
        var (told, _) = await StoreAsync(1000);

        var query = HttpUtility.ParseQueryString((await AddressAsync(HttpMethod.Get, told, "")).Query);

        query["X-Amz-Algorithm"].ShouldBe("AWS4-HMAC-SHA256");
        int.Parse(query["X-Amz-Expires"]!).ShouldBeInRange(118, 121); // the signature counts from the second that has begun
    }

    [Fact]
    public async Task Get_RecordingLiesInTheFallbackOnDisk_IsPassedOn()
    {
        var told = new Told();
        var archived = told.Archived(fileSize: 7) with { Store = "disk" };
        var path = Path.Combine(Catalog.ObjectsDirectory, archived.ObjectKey);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, "1234567"u8.ToArray(), TestContext.Current.CancellationToken);
        await Catalog.TellAsync(archived);

        using var response = await SendAsync(HttpMethod.Get, told, "/play");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe("1234567");
    }

    /// <summary>What lies in the store is not what a client is to hear.</summary>
    [Fact]
    public async Task Get_ObjectIsEncryptedByBurqi_IsNotSentToTheStore()
    {
        var told = new Told();
        var archived = told.Archived(fileSize: 7) with { Store = "s3" };
        using var client = (await S3Server.SharedAsync()).CreateClient();
        await client.PutObjectAsync(
            new()
            {
                BucketName = ((S3RedirectHost)Catalog).Bucket,
                Key = archived.ObjectKey,
                InputStream = new MemoryStream("1234567"u8.ToArray()),
                Metadata = { ["burqiencryption"] = "1", ["burqikeyid"] = "key-1" },
            },
            TestContext.Current.CancellationToken);
        await Catalog.TellAsync(archived);

        using var response = await SendAsync(HttpMethod.Get, told, "/play");

        response.Headers.Location.ShouldBeNull();
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    protected override async Task PutAsync(string objectKey, byte[] content)
    {
        using var client = (await S3Server.SharedAsync()).CreateClient();
        await client.PutObjectAsync(new() { BucketName = ((S3RedirectHost)Catalog).Bucket, Key = objectKey, InputStream = new MemoryStream(content) });
    }

    public sealed class S3RedirectHost : CatalogHost
    {
        public string Bucket { get; private set; } = "";

        protected override async Task<Dictionary<string, string>> SettingsAsync()
        {
            var server = await S3Server.SharedAsync();
            Bucket = await server.CreateBucketAsync();
            return new Dictionary<string, string>
            {
                ["BURQI_STORE"] = "s3",
                ["BURQI_FALLBACK_STORE"] = "disk",
                ["BURQI_CONTENT_REDIRECT"] = "true",
                ["BURQI_CONTENT_REDIRECT_SECONDS"] = "120",
                ["S3_RECORDING_BUCKET"] = Bucket,
                ["AWS_ENDPOINT_URL_S3"] = server.Endpoint,
                ["AWS_ACCESS_KEY_ID"] = server.AccessKey,
                ["AWS_SECRET_ACCESS_KEY"] = server.SecretKey,
            };
        }
    }
}
