using System.Net;
using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Stores.S3;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Sources.Buckets;

/// <summary>
/// The bucket that <c>S3_RECORDING_BUCKET</c> names, as a place that others put recordings into. Nothing is ever read from another bucket,
/// whatever a message says. Each object is read by an address that is signed for it alone and for some hours, over the road that all sources take.
/// </summary>
internal sealed class S3Bucket(RecordingDownload download, IOptions<S3StoreOptions> store, IOptions<ArchiverOptions> options, TimeProvider clock) : IDisposable
{
    private const string Speaker = "The bucket";
    private const int LongestError = 16 * 1024;

    // Longer than any file takes that moves at all: one that breaks off is asked for again by the same address.
    private static readonly TimeSpan AddressIsGoodFor = TimeSpan.FromHours(12);

    private readonly Lazy<AmazonS3Client> _client = new(() => S3RecordingStore.CreateClient(store.Value));

    /// <summary>Opens an object of the bucket.</summary>
    /// <exception cref="TransferException">It cannot be had now, or at all.</exception>
    public async Task<SourceContent> OpenAsync(string bucket, string key, SourceRequest request, CancellationToken cancellationToken)
    {
        RequireOurs(bucket);
        var asked = new DownloadRequest(await AddressAsync(key, cancellationToken)) { Speaker = Speaker };
        var response = await download.GetAsync(asked, cancellationToken);
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return await download.OpenBodyAsync(response, asked, cancellationToken);
        }

        using (response)
        {
            throw response.StatusCode == HttpStatusCode.NotFound && !await IsBucketMissingAsync(response, cancellationToken)
                ? Absence.Of("the bucket", request, options.Value)
                : download.Failure(response, Speaker);
        }
    }

    /// <summary>Deletes an object of the bucket; one that is gone already is deleted.</summary>
    /// <exception cref="TransferException">It could not be deleted.</exception>
    public async Task DeleteAsync(string bucket, string key, CancellationToken cancellationToken)
    {
        RequireOurs(bucket);
        try
        {
            await _client.Value.DeleteObjectAsync(bucket, key, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (exception is { StatusCode: HttpStatusCode.NotFound, ErrorCode: not "NoSuchBucket" })
        {
            // Gone.
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or HttpRequestException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new TransferException(TransferFailure.SourceUnavailable, $"{Speaker} did not delete the object: {exception.Message}", exception);
        }
    }

    /// <summary>Returns when it is the bucket that the settings name.</summary>
    /// <exception cref="TransferException">It is another one.</exception>
    public void RequireOurs(string bucket)
    {
        if (store.Value.Bucket.Length == 0 || bucket != store.Value.Bucket)
        {
            throw new TransferException(
                TransferFailure.SourceRefused,
                store.Value.Bucket.Length == 0
                    ? "The recording lies in a bucket, and S3_RECORDING_BUCKET does not say which one Burqi may read."
                    : "The recording is said to lie in another bucket than S3_RECORDING_BUCKET names.");
        }
    }

    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
    }

    private async Task<Uri> AddressAsync(string key, CancellationToken cancellationToken)
    {
        try
        {
            var address = await _client.Value.GetPreSignedURLAsync(new GetPreSignedUrlRequest
            {
                BucketName = store.Value.Bucket,
                Key = key,
                Verb = HttpVerb.GET,
                Expires = (clock.GetUtcNow() + AddressIsGoodFor).UtcDateTime,
                Protocol = store.Value.EndpointUrl.StartsWith("http:", StringComparison.OrdinalIgnoreCase) ? Protocol.HTTP : Protocol.HTTPS,
            }).WaitAsync(cancellationToken);
            return new Uri(address);
        }
        catch (Exception exception) when (exception is AmazonServiceException or AmazonClientException or ArgumentException)
        {
            throw new TransferException(TransferFailure.SourceUnavailable, $"No request for {Speaker.ToLowerInvariant()} could be signed: {exception.Message}", exception);
        }
    }

    private async Task<bool> IsBucketMissingAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = download.Watched(await response.Content.ReadAsStreamAsync(cancellationToken));
        var error = new byte[LongestError];
        var length = await body.ReadAtLeastAsync(error, error.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(error, 0, length).Contains("NoSuchBucket", StringComparison.Ordinal);
    }
}
