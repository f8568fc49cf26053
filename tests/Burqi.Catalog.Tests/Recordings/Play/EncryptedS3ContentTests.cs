using System.Net;
using Amazon.S3.Model;
using Burqi.Catalog.Content;
using Burqi.Catalog.Content.Encryption;
using Burqi.Catalog.Tests.Fixtures;
using Burqi.Encryption;
using Burqi.Testing;

namespace Burqi.Catalog.Tests.Recordings.Play;

/// <summary>Encrypted objects in a bucket.</summary>
public sealed class EncryptedS3ContentTests(EncryptedS3ContentTests.EncryptedS3Host catalog)
    : RecordingContentContract(catalog), IClassFixture<EncryptedS3ContentTests.EncryptedS3Host>
{
    [Theory]
    [InlineData("bytes=0-")]
    [InlineData("bytes=65530-65540")]
    [InlineData("bytes=199999-")]
    public async Task Get_ObjectWithoutEncryption_IsReadAsItIs(string range)
    {
        var (told, bytes) = await StoreAsync(200_000);
        using var client = (await S3Server.SharedAsync()).CreateClient();
        await client.PutObjectAsync(new PutObjectRequest
        {
            BucketName = ((EncryptedS3Host)Catalog).Bucket,
            Key = $"recordings/2026/03/01/{told.CallId}/mixed_1772357400.wav",
            InputStream = new MemoryStream(bytes),
        });

        using var response = await SendAsync(HttpMethod.Get, Play(told), ("Range", range));

        response.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        var part = response.Content.Headers.ContentRange.ShouldNotBeNull();
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(bytes[(int)part.From!..((int)part.To! + 1)]);
    }

    [Theory]
    [InlineData(0, 10, 0, 1)]
    [InlineData(65_536, 65_536, 1, 1)]
    [InlineData(65_535, 2, 0, 2)]
    [InlineData(1_000_000, 100_000, 15, 2)]
    public async Task Open_PartOfTheAudio_AsksForItsChunksOnce(long offset, long length, int firstChunk, int chunks)
    {
        const string Name = "recordings/2026/03/01/CA1/mixed_1772357400.wav";
        var (encrypted, metadata) = await EncryptedObject.OfAsync(Name, new MemoryStream(new byte[2_000_000]));
        var inner = new AskedContent(encrypted, metadata);
        var keys = new KeyRing(new LocalKey(EncryptedObject.KeyId, Convert.FromBase64String(EncryptedObject.Settings["BURQI_ENCRYPTION_KEY"])), []);

        await using var opened = await new EncryptedRecordingContent(inner, keys).OpenAsync(Name, offset, length, TestContext.Current.CancellationToken);

        opened.ShouldNotBeNull().ObjectSize.ShouldBe(2_000_000);
        inner.Asked.ShouldBe([(firstChunk * 65_552L, chunks * 65_552L)]);
        var audio = new byte[length];
        await opened.Stream.ReadExactlyAsync(audio, TestContext.Current.CancellationToken);
        (await opened.Stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken)).ShouldBe(0);
    }

    protected override async Task PutAsync(string objectKey, Stream content)
    {
        var (encrypted, metadata) = await EncryptedObject.OfAsync(objectKey, content);
        using var client = (await S3Server.SharedAsync()).CreateClient();
        var request = new PutObjectRequest { BucketName = ((EncryptedS3Host)Catalog).Bucket, Key = objectKey, InputStream = new MemoryStream(encrypted) };
        foreach (var (name, value) in metadata)
        {
            request.Metadata[name] = value;
        }

        await client.PutObjectAsync(request);
    }

    private sealed class AskedContent(byte[] content, IReadOnlyDictionary<string, string> metadata) : IRecordingContent
    {
        public List<(long Offset, long Length)> Asked { get; } = [];

        public string Store => "asked";

        public Task<FoundContent?> FindAsync(string objectKey, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<OpenedContent?> OpenAsync(string objectKey, long offset, long length, CancellationToken cancellationToken)
        {
            Asked.Add((offset, length));
            var part = new MemoryStream(content, (int)offset, (int)Math.Min(length, content.Length - offset));
            return Task.FromResult<OpenedContent?>(new(part, content.Length, metadata));
        }
    }

    public sealed class EncryptedS3Host : CatalogHost
    {
        public string Bucket { get; private set; } = "";

        protected override async Task<Dictionary<string, string>> SettingsAsync()
        {
            var server = await S3Server.SharedAsync();
            Bucket = await server.CreateBucketAsync();
            return new Dictionary<string, string>(EncryptedObject.Settings)
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
