using System.Net;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.S3;

/// <summary>Objects in one bucket of S3 or of a server that speaks it.</summary>
internal sealed class S3RecordingStore : IRecordingStore, IDisposable
{
    private readonly S3StoreOptions _options;
    private readonly AmazonS3Client _client;

    public S3RecordingStore(IOptions<S3StoreOptions> options)
    {
        _options = options.Value;
        _client = CreateClient(_options);
    }

    public string Name => StoreNames.S3;

    public Task<IRecordingUpload> BeginUploadAsync(ObjectKey key, string? expectedSha256, CancellationToken cancellationToken) =>
        Task.FromResult<IRecordingUpload>(new S3RecordingUpload(_client, _options, key, expectedSha256));

    public async Task<Stream?> OpenReadAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _client.GetObjectAsync(_options.Bucket, key.Value, cancellationToken);
            return answer.ResponseStream; // it disposes of the answer with itself
        }
        catch (AmazonS3Exception exception) when (exception is { StatusCode: HttpStatusCode.NotFound, ErrorCode: not "NoSuchBucket" })
        {
            return null;
        }
    }

    public string UrlOf(ObjectKey key) => $"s3://{_options.Bucket}/{key.Value}";

    public Task CheckAsync(CancellationToken cancellationToken) =>
        _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _options.Bucket, MaxKeys = 1 }, cancellationToken);

    public void Dispose() => _client.Dispose();

    internal static AmazonS3Client CreateClient(S3StoreOptions options)
    {
        var config = new AmazonS3Config { Timeout = options.RequestTimeout };
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
