using System.Buffers;
using Amazon.S3;
using Amazon.S3.Model;

namespace Burqi.Archiver.Stores.S3;

/// <summary>
/// An object gathered in one buffer: what fits into it is put in one request, longer content goes up in parts of its size.
/// The checksum is kept in the object's metadata, where S3's own checksums are not known to every server.
/// </summary>
internal sealed class S3RecordingUpload(AmazonS3Client client, S3StoreOptions options, ObjectKey key, string? expectedSha256) : IRecordingUpload
{
    public const string Sha256Metadata = "sha256";

    // S3 copies an object in one request up to this size.
    private const long LargestCopy = 5L * 1024 * 1024 * 1024;

    private static readonly TimeSpan AbortTimeout = TimeSpan.FromSeconds(10);

    private readonly List<PartETag> _parts = [];
    private byte[]? _buffer = ArrayPool<byte>.Shared.Rent(options.PartSize);
    private int _filled;
    private long _uploaded;
    private string? _uploadId;
    private bool _committed;

    public async Task WriteAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        while (!content.IsEmpty)
        {
            // Only when there is more to come: content that fills the buffer to the byte still goes in one request.
            if (_filled == options.PartSize)
            {
                await UploadPartAsync(cancellationToken);
            }

            var take = Math.Min(content.Length, options.PartSize - _filled);
            content[..take].CopyTo(Buffer.AsMemory(_filled));
            _filled += take;
            content = content[take..];
        }
    }

    public async Task CommitAsync(string sha256, CancellationToken cancellationToken)
    {
        if (_uploadId is null)
        {
            await PutAsync(sha256, cancellationToken);
        }
        else
        {
            await UploadPartAsync(cancellationToken);
            await client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = options.Bucket, Key = key.Value, UploadId = _uploadId, PartETags = _parts },
                cancellationToken);
        }

        _committed = true;
        if (_uploadId is not null && expectedSha256 is null && _uploaded <= LargestCopy)
        {
            await WriteChecksumAsync(sha256, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_buffer is { } buffer)
        {
            _buffer = null;
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (_uploadId is null || _committed)
        {
            return;
        }

        // The attempt may have been cancelled; parts that nobody asked for still cost money. What cannot be removed now is removed
        // by the next upload of the same key.
        using var timeout = new CancellationTokenSource(AbortTimeout);
        try
        {
            await client.AbortMultipartUploadAsync(
                new AbortMultipartUploadRequest { BucketName = options.Bucket, Key = key.Value, UploadId = _uploadId }, timeout.Token);
        }
        catch (Exception exception) when (exception is AmazonS3Exception or Amazon.Runtime.AmazonServiceException or HttpRequestException or IOException or OperationCanceledException)
        {
        }
    }

    private byte[] Buffer => _buffer ?? throw new ObjectDisposedException(nameof(S3RecordingUpload));

    private async Task PutAsync(string sha256, CancellationToken cancellationToken)
    {
        var request = new PutObjectRequest
        {
            BucketName = options.Bucket,
            Key = key.Value,
            InputStream = Content(),
            ContentType = ContentTypeOf(key),
            UseChunkEncoding = options.UseChunkEncoding,
        };
        request.Metadata[Sha256Metadata] = sha256;
        await client.PutObjectAsync(request, cancellationToken);
    }

    private async Task UploadPartAsync(CancellationToken cancellationToken)
    {
        if (_uploadId is null)
        {
            await AbortLeftoversAsync(cancellationToken);
            var request = new InitiateMultipartUploadRequest { BucketName = options.Bucket, Key = key.Value, ContentType = ContentTypeOf(key) };
            if (expectedSha256 is not null)
            {
                request.Metadata[Sha256Metadata] = expectedSha256;
            }

            _uploadId = (await client.InitiateMultipartUploadAsync(request, cancellationToken)).UploadId;
        }

        var number = _parts.Count + 1;
        var answer = await client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = options.Bucket,
                Key = key.Value,
                UploadId = _uploadId,
                PartNumber = number,
                PartSize = _filled,
                InputStream = Content(),
                UseChunkEncoding = options.UseChunkEncoding,
            },
            cancellationToken);
        _parts.Add(new PartETag(number, answer.ETag));
        _uploaded += _filled;
        _filled = 0;
    }

    /// <summary>What a worker that died left of earlier uploads of this key.</summary>
    private async Task AbortLeftoversAsync(CancellationToken cancellationToken)
    {
        var request = new ListMultipartUploadsRequest { BucketName = options.Bucket, Prefix = key.Value };
        var answer = await client.ListMultipartUploadsAsync(request, cancellationToken);
        foreach (var upload in answer.MultipartUploads ?? [])
        {
            if (upload.Key == key.Value)
            {
                await client.AbortMultipartUploadAsync(
                    new AbortMultipartUploadRequest { BucketName = options.Bucket, Key = upload.Key, UploadId = upload.UploadId }, cancellationToken);
            }
        }
    }

    /// <summary>Metadata is fixed when a multipart upload begins, before the checksum is known: the object is copied onto itself with it.</summary>
    private async Task WriteChecksumAsync(string sha256, CancellationToken cancellationToken)
    {
        var request = new CopyObjectRequest
        {
            SourceBucket = options.Bucket,
            SourceKey = key.Value,
            DestinationBucket = options.Bucket,
            DestinationKey = key.Value,
            MetadataDirective = S3MetadataDirective.REPLACE,
            ContentType = ContentTypeOf(key),
        };
        request.Metadata[Sha256Metadata] = sha256;
        await client.CopyObjectAsync(request, cancellationToken);
    }

    private MemoryStream Content() => new(Buffer, 0, _filled, writable: false);

    private static string ContentTypeOf(ObjectKey key) => Path.GetExtension(key.Value) switch
    {
        ".wav" => "audio/wav",
        ".mp3" => "audio/mpeg",
        _ => "application/octet-stream",
    };
}
