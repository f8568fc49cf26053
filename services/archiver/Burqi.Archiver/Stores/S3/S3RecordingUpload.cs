using System.Collections.Concurrent;
using Amazon.S3;
using Amazon.S3.Model;
using Burqi.Archiver.Stores.Parts;

namespace Burqi.Archiver.Stores.S3;

/// <summary>
/// An object on its way to a bucket, long ones as a multipart upload. The checksum is kept in the object's metadata, where S3's own checksums
/// are not known to every server.
/// </summary>
internal sealed class S3RecordingUpload(AmazonS3Client client, S3StoreOptions options, PartBuffers buffers, NewObject newObject)
    : PartedUpload(buffers, options.PartSize, newObject)
{
    // Beyond this a second pass over the object, at the server, is too much for a checksum that only stands there to be looked at.
    private const long LargestCopyForChecksum = 5L * 1024 * 1024 * 1024;

    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(10);

    private readonly ConcurrentBag<PartETag> _parts = [];
    private string _uploadId = "";

    protected override async Task PutWholeAsync(PartBuffer? content, string sha256, CancellationToken cancellationToken)
    {
        var request = new PutObjectRequest
        {
            BucketName = options.Bucket,
            Key = NewObject.Key.Value,
            InputStream = content?.OpenRead() ?? new MemoryStream(),
            ContentType = AudioTypes.Of(NewObject.Key),
            UseChunkEncoding = options.UseChunkEncoding,
            ServerSideEncryptionMethod = options.EncryptionMethod,
            ServerSideEncryptionKeyManagementServiceKeyId = options.EncryptionKey,
        };
        S3Metadata.Write(request.Metadata, NewObject.Metadata, sha256);
        await client.PutObjectAsync(request, cancellationToken);
    }

    protected override async Task BeginPartsAsync(CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest
        {
            BucketName = options.Bucket,
            Key = NewObject.Key.Value,
            ContentType = AudioTypes.Of(NewObject.Key),
            ServerSideEncryptionMethod = options.EncryptionMethod,
            ServerSideEncryptionKeyManagementServiceKeyId = options.EncryptionKey,
        };
        S3Metadata.Write(request.Metadata, NewObject.Metadata, NewObject.ExpectedSha256);
        _uploadId = (await client.InitiateMultipartUploadAsync(request, cancellationToken)).UploadId;
        try
        {
            await AbortLeftoversAsync(cancellationToken);
        }
        catch
        {
            await AbortPartsAsync(); // it has no part yet: nobody else takes it back
            throw;
        }
    }

    protected override async Task PutPartAsync(int number, PartBuffer content, CancellationToken cancellationToken)
    {
        var answer = await client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = options.Bucket,
                Key = NewObject.Key.Value,
                UploadId = _uploadId,
                PartNumber = number,
                PartSize = content.Length,
                InputStream = content.OpenRead(),
                UseChunkEncoding = options.UseChunkEncoding,
            },
            cancellationToken);
        _parts.Add(new PartETag(number, answer.ETag));
    }

    protected override async Task CommitPartsAsync(int parts, long size, string sha256, CancellationToken cancellationToken)
    {
        await client.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest
            {
                BucketName = options.Bucket,
                Key = NewObject.Key.Value,
                UploadId = _uploadId,
                PartETags = [.. _parts.OrderBy(part => part.PartNumber)],
            },
            cancellationToken);

        // Metadata is fixed when a multipart upload begins, before the checksum is known.
        if (NewObject.ExpectedSha256 is null && size <= LargestCopyForChecksum)
        {
            var copy = new S3SelfCopy(client, options, NewObject.Key);
            await copy.RunAsync(await copy.DescribeAsync(cancellationToken), (NewObject.Metadata, sha256), storageClass: null, cancellationToken);
        }
    }

    protected override async Task AbortPartsAsync()
    {
        // The attempt may have been cancelled; parts that nobody asked for still cost money. What cannot be removed now is removed
        // by the next upload of the same key, or swept.
        using var timeout = new CancellationTokenSource(AbortTimeout);
        try
        {
            await client.AbortMultipartUploadAsync(
                new AbortMultipartUploadRequest { BucketName = options.Bucket, Key = NewObject.Key.Value, UploadId = _uploadId }, timeout.Token);
        }
        catch (Exception exception) when (exception is AmazonS3Exception or Amazon.Runtime.AmazonServiceException or HttpRequestException or IOException or OperationCanceledException)
        {
        }
    }

    /// <summary>
    /// What a worker that died left of earlier uploads of this key; and what this one began itself without hearing of it, when an answer was lost
    /// and the request repeated: that is why they are looked for only now.
    /// </summary>
    private async Task AbortLeftoversAsync(CancellationToken cancellationToken)
    {
        var request = new ListMultipartUploadsRequest { BucketName = options.Bucket, Prefix = NewObject.Key.Value };
        var answer = await client.ListMultipartUploadsAsync(request, cancellationToken);
        foreach (var upload in answer.MultipartUploads ?? [])
        {
            if (upload.Key == NewObject.Key.Value && upload.UploadId != _uploadId)
            {
                await client.AbortMultipartUploadAsync(
                    new AbortMultipartUploadRequest { BucketName = options.Bucket, Key = upload.Key, UploadId = upload.UploadId }, cancellationToken);
            }
        }
    }
}
