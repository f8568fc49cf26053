using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace Burqi.Archiver.Stores.S3;

/// <summary>
/// S3's only way to change what stands beside an object's content: the object is copied onto itself, at the server. Nobody sees anything but
/// the object as it was or as it is then.
/// </summary>
internal sealed class S3SelfCopy(AmazonS3Client client, S3StoreOptions options, ObjectKey key)
{
    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The object as it is.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public async Task<GetObjectMetadataResponse> DescribeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetObjectMetadataAsync(options.Bucket, key.Value, cancellationToken);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            throw new FileNotFoundException("The store does not have the object.", exception);
        }
    }

    /// <summary>Copies it, unless it is another by now.</summary>
    /// <param name="now">The object as it is.</param>
    /// <param name="metadata">What is to stand beside it.</param>
    /// <param name="storageClass">Where it is to lie; null for where it lies.</param>
    /// <param name="cancellationToken">Stops the attempt; whether the change is made is then not known.</param>
    public Task RunAsync(
        GetObjectMetadataResponse now,
        (IReadOnlyDictionary<string, string>? Ours, string? Sha256) metadata,
        S3StorageClass? storageClass,
        CancellationToken cancellationToken) => now.ContentLength <= options.LargestCopy
            ? CopyAsync(now, metadata, storageClass ?? now.StorageClass, cancellationToken)
            : CopyInPartsAsync(now, metadata, storageClass ?? now.StorageClass, cancellationToken);

    private async Task CopyAsync(
        GetObjectMetadataResponse now, (IReadOnlyDictionary<string, string>? Ours, string? Sha256) metadata, S3StorageClass? storageClass, CancellationToken cancellationToken)
    {
        var request = new CopyObjectRequest
        {
            SourceBucket = options.Bucket,
            SourceKey = key.Value,
            DestinationBucket = options.Bucket,
            DestinationKey = key.Value,
            ETagToMatch = now.ETag,
            MetadataDirective = S3MetadataDirective.REPLACE,
            ContentType = now.Headers.ContentType,
            StorageClass = storageClass,
            ServerSideEncryptionMethod = options.EncryptionMethod,
            ServerSideEncryptionKeyManagementServiceKeyId = options.EncryptionKey,
        };
        S3Metadata.Write(request.Metadata, metadata.Ours, metadata.Sha256);
        await client.CopyObjectAsync(request, cancellationToken);
    }

    private async Task CopyInPartsAsync(
        GetObjectMetadataResponse now, (IReadOnlyDictionary<string, string>? Ours, string? Sha256) metadata, S3StorageClass? storageClass, CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = options.Bucket,
            Key = key.Value,
            ContentType = now.Headers.ContentType,
            StorageClass = storageClass,
            ServerSideEncryptionMethod = options.EncryptionMethod,
            ServerSideEncryptionKeyManagementServiceKeyId = options.EncryptionKey,
        };
        S3Metadata.Write(request.Metadata, metadata.Ours, metadata.Sha256);
        var uploadId = (await client.InitiateMultipartUploadAsync(request, cancellationToken)).UploadId;
        try
        {
            var parts = new List<PartETag>();
            for (var from = 0L; from < now.ContentLength; from += options.LargestCopy)
            {
                var part = await client.CopyPartAsync(
                    new CopyPartRequest
                    {
                        SourceBucket = options.Bucket,
                        SourceKey = key.Value,
                        DestinationBucket = options.Bucket,
                        DestinationKey = key.Value,
                        ETagToMatch = [now.ETag],
                        UploadId = uploadId,
                        PartNumber = parts.Count + 1,
                        FirstByte = from,
                        LastByte = Math.Min(from + options.LargestCopy, now.ContentLength) - 1,
                    },
                    cancellationToken);
                parts.Add(new PartETag(parts.Count + 1, part.ETag));
            }

            await client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = options.Bucket, Key = key.Value, UploadId = uploadId, PartETags = parts }, cancellationToken);
        }
        catch
        {
            using var timeout = new CancellationTokenSource(AbortTimeout);
            Task aborting = client.AbortMultipartUploadAsync(
                new AbortMultipartUploadRequest { BucketName = options.Bucket, Key = key.Value, UploadId = uploadId }, timeout.Token);
            await aborting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // else the sweep finds it
            throw;
        }
    }
}
