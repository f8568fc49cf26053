using System.Globalization;
using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Burqi.Archiver.Stores.Parts;
using Burqi.Contracts.Recordings;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.S3;

/// <summary>Objects in one bucket of S3 or of a server that speaks it.</summary>
internal sealed class S3RecordingStore : IRecordingStore, IDisposable
{
    // What a request's body is sent in; the SDK's own 8 KiB are a system call each.
    private const int BufferSize = 128 * 1024;

    private readonly S3StoreOptions _options;
    private readonly PartBuffers _buffers;
    private readonly TimeProvider _clock;
    private readonly AmazonS3Client _client;

    public S3RecordingStore(IOptions<S3StoreOptions> options, PartBuffers buffers, TimeProvider clock)
    {
        (_options, _buffers, _clock) = (options.Value, buffers, clock);
        _client = CreateClient(_options);
    }

    public string Name => StoreNames.S3;

    public Task<IRecordingUpload> BeginUploadAsync(NewObject newObject, CancellationToken cancellationToken) =>
        Task.FromResult<IRecordingUpload>(new S3RecordingUpload(_client, _options, _buffers, newObject));

    public async Task<OpenedObject?> OpenReadAsync(ObjectKey key, CancellationToken cancellationToken, long offset = 0)
    {
        var request = new GetObjectRequest { BucketName = _options.Bucket, Key = key.Value };
        if (offset > 0)
        {
            request.ByteRange = new ByteRange(string.Create(CultureInfo.InvariantCulture, $"bytes={offset}-"));
        }

        try
        {
            var answer = await _client.GetObjectAsync(request, cancellationToken);

            // The stream disposes of the answer with itself.
            return new OpenedObject(
                new IdleLimitStream(answer.ResponseStream, _options.RequestTimeout, _clock), SizeOf(answer), S3Metadata.Read(answer.Metadata));
        }
        catch (AmazonS3Exception exception) when (IsMissing(exception))
        {
            return null;
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return await DescribeAsync(key, cancellationToken) is { } there ? new OpenedObject(Stream.Null, there.Size, there.Metadata) : null;
        }
    }

    public async Task<StoredDescription?> DescribeAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        try
        {
            var there = await new S3SelfCopy(_client, _options, key).DescribeAsync(cancellationToken);
            return new StoredDescription(there.ContentLength, S3Metadata.Read(there.Metadata), TierOf(there.StorageClass)) { Sha256 = there.Metadata[ObjectMetadata.Sha256] };
        }
        catch (FileNotFoundException)
        {
            await CheckAsync(cancellationToken); // an answer without a body does not say whether it is the bucket that is missing
            return null;
        }
    }

    public Task DeleteAsync(ObjectKey key, CancellationToken cancellationToken) => _client.DeleteObjectAsync(_options.Bucket, key.Value, cancellationToken);

    public async Task ReplaceMetadataAsync(ObjectKey key, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var copy = new S3SelfCopy(_client, _options, key);
        var now = await copy.DescribeAsync(cancellationToken);
        await copy.RunAsync(now, (metadata, now.Metadata[ObjectMetadata.Sha256]), storageClass: null, cancellationToken);
    }

    public async Task<bool> SetTierAsync(ObjectKey key, string tier, CancellationToken cancellationToken)
    {
        var copy = new S3SelfCopy(_client, _options, key);
        var now = await copy.DescribeAsync(cancellationToken);
        if (TierOf(now.StorageClass) == tier)
        {
            return true;
        }

        try
        {
            await copy.RunAsync(now, (S3Metadata.Read(now.Metadata), now.Metadata[ObjectMetadata.Sha256]), ClassOf(tier), cancellationToken);
            return true;
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode is "InvalidStorageClass" or "InvalidArgument")
        {
            return false; // most servers other than Amazon's have one class, and each its own word for that
        }
    }

    public async Task<int> SweepAsync(TimeSpan olderThan, CancellationToken cancellationToken)
    {
        var before = _clock.GetUtcNow().UtcDateTime - olderThan;
        var count = new SweepCount();
        var request = new ListMultipartUploadsRequest { BucketName = _options.Bucket, Prefix = ObjectKey.Folder };
        ListMultipartUploadsResponse page;
        do
        {
            page = await _client.ListMultipartUploadsAsync(request, cancellationToken);
            foreach (var upload in (page.MultipartUploads ?? []).Where(upload => upload.Initiated?.ToUniversalTime() < before))
            {
                await count.TryAsync(() => AbortAsync(upload, cancellationToken), cancellationToken);
            }

            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }
        while (page.IsTruncated == true);

        return count.Result();
    }

    private async Task<bool> AbortAsync(MultipartUpload upload, CancellationToken cancellationToken)
    {
        try
        {
            await _client.AbortMultipartUploadAsync(
                new AbortMultipartUploadRequest { BucketName = _options.Bucket, Key = upload.Key, UploadId = upload.UploadId }, cancellationToken);
            return true;
        }
        catch (AmazonS3Exception exception) when (IsMissing(exception))
        {
            return false; // its worker has ended it since
        }
    }

    public string UrlOf(ObjectKey key) => $"s3://{_options.Bucket}/{key.Value}";

    public Task CheckAsync(CancellationToken cancellationToken) =>
        _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _options.Bucket, MaxKeys = 1 }, cancellationToken);

    public void Dispose() => _client.Dispose();

    private static bool IsMissing(AmazonS3Exception exception) => exception is { StatusCode: HttpStatusCode.NotFound, ErrorCode: not "NoSuchBucket" };

    private static long SizeOf(GetObjectResponse answer) =>
        answer.ContentRange is { } range && long.TryParse(range.AsSpan(range.IndexOf('/') + 1), CultureInfo.InvariantCulture, out var size) ? size : answer.ContentLength;

    private S3StorageClass ClassOf(string tier) => tier switch
    {
        StorageTiers.Hot => S3StorageClass.Standard,
        StorageTiers.Cool => S3StorageClass.FindValue(_options.CoolStorageClass),
        StorageTiers.Archive => S3StorageClass.FindValue(_options.ArchiveStorageClass),
        _ => throw new ArgumentException($"'{tier}' is not a tier.", nameof(tier)),
    };

    private string TierOf(S3StorageClass? storageClass) =>
        storageClass is null || storageClass == S3StorageClass.Standard ? StorageTiers.Hot
        : storageClass.Value == _options.ArchiveStorageClass || storageClass == S3StorageClass.Glacier || storageClass == S3StorageClass.DeepArchive ? StorageTiers.Archive
        : StorageTiers.Cool;

    internal static AmazonS3Client CreateClient(S3StoreOptions options)
    {
        var config = new AmazonS3Config
        {
            Timeout = options.RequestTimeout,
            RetryMode = RequestRetryMode.Standard, // backs off, with jitter, and stops when nothing but retries is left
            MaxErrorRetry = options.Retries,
            BufferSize = BufferSize,
        };
        if (string.IsNullOrWhiteSpace(options.EndpointUrl))
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }
        else
        {
            config.ServiceURL = options.EndpointUrl;
            config.AuthenticationRegion = string.IsNullOrWhiteSpace(options.Region) ? "us-east-1" : options.Region;
            config.ForcePathStyle = true;
            config.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
            config.ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED;
        }

        return string.IsNullOrWhiteSpace(options.AccessKeyId)
            ? new AmazonS3Client(config)
            : new AmazonS3Client(new BasicAWSCredentials(options.AccessKeyId, options.SecretAccessKey), config);
    }
}
