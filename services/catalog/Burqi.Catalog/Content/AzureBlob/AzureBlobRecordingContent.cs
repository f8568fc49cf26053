using Burqi.AzureBlob;
using Burqi.Catalog.Content.Redirect;
using Microsoft.Extensions.Options;

namespace Burqi.Catalog.Content.AzureBlob;

/// <summary>Objects in a container of Azure Blob storage, read by ranged GET.</summary>
internal sealed class AzureBlobRecordingContent : IPresignedContent, IDisposable
{
    private readonly AzureBlobClient client;

    public AzureBlobRecordingContent(IOptions<ContentOptions> options, TimeProvider time)
    {
        var azure = options.Value.Azure;
        client = new AzureBlobClient(azure.ToAccount(), azure.Container!, new AzureBlobClientOptions { RequestTimeout = LongestWait, Retries = Retries }, time);
    }

    // Somebody waits for the answer: a store in trouble is told of soon.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private const int Retries = 2;

    public string Store => ContentOptions.AzureBlobs;

    public async Task<FoundContent?> FindAsync(string objectKey, CancellationToken cancellationToken) =>
        await client.DescribeAsync(objectKey, cancellationToken) is { } blob
            ? new FoundContent(blob.Size, blob.Metadata) { IsArchived = blob.Tier == "Archive" }
            : null;

    public async Task<OpenedContent?> OpenAsync(string objectKey, long offset, long length, CancellationToken cancellationToken)
    {
        try
        {
            return await client.OpenAsync(objectKey, offset, length == 0 ? null : length, cancellationToken) is { } blob
                ? new OpenedContent(blob.Stream, blob.BlobSize, blob.Metadata)
                : null;
        }
        catch (AzureBlobException exception) when (exception.Code is "BlobArchived" or "BlobBeingRehydrated")
        {
            throw new ContentArchivedException(objectKey, exception);
        }
    }

    public Task<Uri?> PresignAsync(string objectKey, PresignedAnswer answer, CancellationToken cancellationToken) =>
        client.PresignAsync(objectKey, answer.ValidFor, PresignedAnswer.CacheControl, answer.ContentDisposition, answer.ContentType, cancellationToken);

    public void Dispose() => client.Dispose();
}
