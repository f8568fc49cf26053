using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using Burqi.Catalog.Content.Redirect;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Content.S3;

/// <summary>Objects in an S3 bucket, read by ranged GET.</summary>
internal sealed class S3RecordingContent(IAmazonS3 client, IOptions<ContentOptions> options, TimeProvider time) : IPresignedContent
{
    private readonly string bucket = options.Value.Bucket!;

    public string Store => ContentOptions.S3;

    public async Task<FoundContent?> FindAsync(string objectKey, CancellationToken cancellationToken)
    {
        try
        {
            var found = await client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = bucket, Key = objectKey }, cancellationToken);
            return new FoundContent(found.ContentLength, Metadata(found.Metadata)) { IsArchived = IsArchived(found) };
        }
        catch (AmazonS3Exception exception) when (IsMissingObject(exception))
        {
            return null;
        }
    }

    public async Task<OpenedContent?> OpenAsync(string objectKey, long offset, long length, CancellationToken cancellationToken)
    {
        var request = new GetObjectRequest { BucketName = bucket, Key = objectKey };
        if (length > 0)
        {
            request.ByteRange = new ByteRange(offset, offset + length - 1);
        }

        try
        {
            var response = await client.GetObjectAsync(request, cancellationToken);
            return new OpenedContent(response.ResponseStream, ObjectSize(response), Metadata(response.Metadata));
        }
        catch (AmazonS3Exception exception) when (IsMissingObject(exception) || exception.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            // An object too short for the range is not the object that was archived.
            return null;
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "InvalidObjectState")
        {
            throw new ContentArchivedException(objectKey, exception);
        }
    }

    public async Task<Uri?> PresignAsync(string objectKey, PresignedAnswer answer, CancellationToken cancellationToken) =>
        new(await client.GetPreSignedURLAsync(new GetPreSignedUrlRequest
        {
            BucketName = bucket,
            Key = objectKey,
            Verb = answer.IsHead ? HttpVerb.HEAD : HttpVerb.GET,
            Protocol = options.Value.Endpoint?.StartsWith("http:", StringComparison.OrdinalIgnoreCase) == true ? Protocol.HTTP : Protocol.HTTPS,
            Expires = time.GetUtcNow().UtcDateTime + answer.ValidFor,
            ResponseHeaderOverrides =
            {
                ContentType = answer.ContentType,
                ContentDisposition = answer.ContentDisposition,
                CacheControl = PresignedAnswer.CacheControl,
            },
        }));

    // Content-Range: bytes 0-99/1234 (RFC 9110 §14.4); without a range the body is the whole.
    private static long ObjectSize(GetObjectResponse response) =>
        response.ContentRange is { Length: > 0 } range && long.TryParse(range.AsSpan(range.IndexOf('/') + 1), out var size)
            ? size
            : response.ContentLength;

    private static Dictionary<string, string> Metadata(MetadataCollection metadata) => metadata.Keys.ToDictionary(
        name => name.Replace("x-amz-meta-", "", StringComparison.OrdinalIgnoreCase).ToLowerInvariant(), name => metadata[name], StringComparer.Ordinal);

    // Glacier Instant Retrieval is read at once, and what was restored has a date on which that ends. Intelligent-Tiering says its own in the status.
    private static bool IsArchived(GetObjectMetadataResponse found) => found.RestoreExpiration is null
        && (found.ArchiveStatus is not null || found.StorageClass == S3StorageClass.Glacier || found.StorageClass == S3StorageClass.DeepArchive);

    // A bucket that is not there is a mistake in the settings, to be heard of as an error.
    private static bool IsMissingObject(AmazonS3Exception exception) =>
        exception.StatusCode == HttpStatusCode.NotFound && exception.ErrorCode != "NoSuchBucket";
}
