using Amazon.S3.Model;
using Burqi.Archiver.Stores;
using Burqi.Archiver.Stores.Parts;
using Burqi.Archiver.Stores.S3;
using Burqi.Archiver.Tests.Support;
using Burqi.Testing;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Tests.Stores;

public class S3RecordingStoreTests : RecordingStoreContract
{
    private S3Server _server = null!;
    private string _bucket = "";

    private protected virtual bool UseChunkEncoding => true;

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1000, false)]
    [InlineData(SeveralParts, true)]
    [InlineData(SeveralParts, false)]
    public async Task Commit_ChecksumKnownOrNot_StandsInTheMetadata(int length, bool known)
    {
        var content = Content(length);

        await PutAsync(content, known);

        using var client = _server.CreateClient();
        var stored = await client.GetObjectMetadataAsync(_bucket, Key.Value, TestContext.Current.CancellationToken);
        stored.Metadata[ObjectMetadata.Sha256].ShouldBe(Wav.Sha256(content));
        stored.ContentLength.ShouldBe(length);
        stored.Headers.ContentType.ShouldBe("audio/wav");
    }

    [Fact]
    public async Task Check_BucketIsMissing_Throws()
    {
        using var store = CreateStore("no-such-bucket-here");

        await Should.ThrowAsync<Amazon.S3.AmazonS3Exception>(() => store.CheckAsync(TestContext.Current.CancellationToken));
        await Should.ThrowAsync<Amazon.S3.AmazonS3Exception>(() => store.OpenReadAsync(Key, TestContext.Current.CancellationToken));
    }

    private protected override async Task<IRecordingStore> CreateStoreAsync()
    {
        _server = await S3Server.SharedAsync();
        _bucket = await _server.CreateBucketAsync();
        return CreateStore(_bucket);
    }

    protected override async Task<IReadOnlyList<string>> ListEverythingAsync()
    {
        using var client = _server.CreateClient();
        var objects = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket });
        var uploads = await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = _bucket });
        return
        [
            .. (objects.S3Objects ?? []).Select(stored => stored.Key),
            .. (uploads.MultipartUploads ?? []).Select(upload => $"unfinished {upload.Key}"),
        ];
    }

    private protected override async Task<int> CountPartsAsync(ObjectKey key)
    {
        using var client = _server.CreateClient();
        var uploads = await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = _bucket });
        var upload = uploads.MultipartUploads?.SingleOrDefault(upload => upload.Key == key.Value);
        return upload is null ? 0 : (await client.ListPartsAsync(_bucket, key.Value, upload.UploadId)).Parts?.Count ?? 0;
    }

    protected override string ExpectedUrl(string key) => $"s3://{_bucket}/{key}";

    private S3RecordingStore CreateStore(string bucket) => new(Options.Create(new S3StoreOptions
    {
        Enabled = true,
        Bucket = bucket,
        EndpointUrl = _server.Endpoint,
        AccessKeyId = _server.AccessKey,
        SecretAccessKey = _server.SecretKey,
        UseChunkEncoding = UseChunkEncoding,
        PartSize = 5 * 1024 * 1024,
        LargestCopy = 8 * 1024 * 1024,
    }), new PartBuffers(Options.Create(new PartOptions())), TimeProvider.System);
}

/// <summary>The same for servers that do not know aws-chunked bodies.</summary>
public sealed class S3RecordingStoreWithoutChunksTests : S3RecordingStoreTests
{
    private protected override bool UseChunkEncoding => false;
}
