using Burqi.Catalog.Tests.Fixtures;
using Burqi.Testing;

namespace Burqi.Catalog.Tests.Recordings.Play;

public sealed class S3RecordingContentTests(S3RecordingContentTests.S3Host catalog) : RecordingContentContract(catalog), IClassFixture<S3RecordingContentTests.S3Host>
{
    protected override async Task PutAsync(string objectKey, Stream content)
    {
        using var client = (await S3Server.SharedAsync()).CreateClient();
        await client.PutObjectAsync(new() { BucketName = ((S3Host)Catalog).Bucket, Key = objectKey, InputStream = content });
    }

    public sealed class S3Host : CatalogHost
    {
        public string Bucket { get; private set; } = "";

        protected override async Task<Dictionary<string, string>> SettingsAsync()
        {
            var server = await S3Server.SharedAsync();
            Bucket = await server.CreateBucketAsync();
            return new Dictionary<string, string>
            {
                ["BURQI_STORE"] = "s3",
                ["S3_RECORDING_BUCKET"] = Bucket,
                ["S3_RECORDING_REGION"] = "us-east-1",
                ["AWS_ENDPOINT_URL_S3"] = server.Endpoint,
                ["AWS_ACCESS_KEY_ID"] = server.AccessKey,
                ["AWS_SECRET_ACCESS_KEY"] = server.SecretKey,
            };
        }
    }
}
