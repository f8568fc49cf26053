using System.Text;
using Azure.Core;

namespace Burqi.AzureBlob;

/// <summary>What only the writer of the store does.</summary>
internal sealed partial class AzureBlobClient
{
    /// <summary>Puts a whole blob in one request; one that is there is replaced.</summary>
    public Task PutBlobAsync(string name, ReadOnlyMemory<byte> content, AzureBlobProperties properties, CancellationToken cancellationToken) => PutAsync(
        name,
        query: "",
        request =>
        {
            request.Headers.Add("x-ms-blob-type", "BlockBlob");
            properties.AddTo(request);
            request.Content = RequestContent.Create(content);
        },
        cancellationToken);

    /// <summary>
    /// Uploads a block, which nobody sees before its blob is committed. Azure discards it when the blob is committed without it, and a week
    /// after the last one at any rate.
    /// </summary>
    public Task PutBlockAsync(string name, string blockId, ReadOnlyMemory<byte> content, AzureBlobProperties properties, CancellationToken cancellationToken) => PutAsync(
        name,
        query: $"?comp=block&blockid={Uri.EscapeDataString(blockId)}",
        request =>
        {
            properties.AddScopeTo(request);
            request.Content = RequestContent.Create(content);
        },
        cancellationToken);

    /// <summary>Makes a blob of its blocks, in one step; one that is there is replaced. May be repeated when the answer was lost.</summary>
    public Task PutBlockListAsync(string name, IEnumerable<string> blockIds, AzureBlobProperties properties, CancellationToken cancellationToken) => PutAsync(
        name,
        query: "?comp=blocklist",
        request =>
        {
            var list = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
            foreach (var id in blockIds)
            {
                list.Append("<Latest>").Append(id).Append("</Latest>"); // base64 has nothing to escape
            }

            request.Headers.Add("Content-Type", "application/xml");
            properties.AddTo(request);
            request.Content = RequestContent.Create(Encoding.UTF8.GetBytes(list.Append("</BlockList>").ToString()));
        },
        cancellationToken);

    private async Task PutAsync(string name, string query, Action<Request> request, CancellationToken cancellationToken)
    {
        using var message = await SendAsync(RequestMethod.Put, name, query, request, streams: false, cancellationToken);
        if (message.Response.Status != 201)
        {
            throw Failure(message.Response);
        }
    }
}

/// <summary>What stands beside a blob's content.</summary>
internal sealed record AzureBlobProperties
{
    public required string ContentType { get; init; }

    /// <summary>The checksum of the content, in the metadata: Azure's own of a blob made of blocks is not one.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The encryption scope, which names the key that the blob is encrypted with at rest; null for the container's own.</summary>
    public string? EncryptionScope { get; init; }

    public void AddTo(Request request)
    {
        request.Headers.Add("x-ms-blob-content-type", ContentType);
        if (Sha256 is not null)
        {
            request.Headers.Add("x-ms-meta-sha256", Sha256);
        }

        AddScopeTo(request);
    }

    public void AddScopeTo(Request request)
    {
        if (EncryptionScope is not null)
        {
            request.Headers.Add("x-ms-encryption-scope", EncryptionScope);
        }
    }
}
