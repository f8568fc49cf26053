using Amazon.S3.Model;
using Burqi.Archiver.Stores;
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
        stored.Metadata[S3RecordingUpload.Sha256Metadata].ShouldBe(Wav.Sha256(content));
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
    }));
}

/// <summary>The same for servers that do not know aws-chunked bodies.</summary>
public sealed class S3RecordingStoreWithoutChunksTests : S3RecordingStoreTests
{
    private protected override bool UseChunkEncoding => false;
}
