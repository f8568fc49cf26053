using System.Collections.ObjectModel;
using System.Runtime.CompilerServices;
using System.Text;
using System.Xml.Linq;
using Azure.Core;

namespace Burqi.AzureBlob;

/// <summary>What only the writer of the store does.</summary>
internal sealed partial class AzureBlobClient
{
    // On a blob that was committed empty to be deleted at once.
    private const string DiscardedName = "burqidiscarded";

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

    /// <summary>Deletes a blob and its snapshots.</summary>
    /// <returns>Whether there was one.</returns>
    /// <param name="name">The blob.</param>
    /// <param name="etag">Only this state of it is deleted; null for whatever there is.</param>
    /// <param name="cancellationToken">Stops the attempt.</param>
    public async Task<bool> DeleteAsync(string name, string? etag, CancellationToken cancellationToken)
    {
        using var message = await SendAsync(
            RequestMethod.Delete,
            name,
            query: "",
            request =>
            {
                request.Headers.Add("x-ms-delete-snapshots", "include");
                AddMatch(request, etag);
            },
            streams: false,
            cancellationToken);
        return message.Response.Status switch
        {
            202 => true,
            404 when IsMissingBlob(message.Response) => false,
            _ => throw Failure(message.Response),
        };
    }

    /// <summary>Replaces all metadata of a blob that is still as it was described.</summary>
    public async Task SetMetadataAsync(
        string name, AzureBlobDescription now, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        using var message = await SendAsync(
            RequestMethod.Put,
            name,
            query: "?comp=metadata",
            request =>
            {
                new AzureBlobProperties { Metadata = metadata, EncryptionScope = now.EncryptionScope }.AddTo(request);
                AddMatch(request, now.ETag);
            },
            streams: false,
            cancellationToken);
        if (message.Response.Status != 200)
        {
            throw Failure(message.Response);
        }
    }

    /// <summary>Moves a blob to a tier, or asks for it to be brought back from the archive, which takes hours.</summary>
    /// <returns>Whether there is such a blob.</returns>
    public async Task<bool> SetTierAsync(string name, string tier, CancellationToken cancellationToken)
    {
        using var message = await SendAsync(
            RequestMethod.Put, name, query: "?comp=tier", request => request.Headers.Add("x-ms-access-tier", tier), streams: false, cancellationToken);
        return message.Response.Status switch
        {
            200 or 202 => true,
            404 when IsMissingBlob(message.Response) => false,
            _ => throw Failure(message.Response),
        };
    }

    /// <summary>The names that have nothing but uncommitted blocks.</summary>
    public async IAsyncEnumerable<string> ListUncommittedAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var marker = "";
        do
        {
            XDocument page;
            using (var message = await SendAsync(
                RequestMethod.Get,
                name: null,
                query: $"?restype=container&comp=list&include=uncommittedblobs&prefix={Uri.EscapeDataString(prefix)}&marker={Uri.EscapeDataString(marker)}",
                request: null,
                streams: false,
                cancellationToken))
            {
                page = message.Response.Status == 200
                    ? await XDocument.LoadAsync(message.Response.Content.ToStream(), LoadOptions.None, cancellationToken)
                    : throw Failure(message.Response);
            }

            // What was never committed has no content; a blob may have none either, and is told apart by its blocks.
            foreach (var blob in page.Descendants("Blob").Where(blob => blob.Descendants("Content-Length").FirstOrDefault()?.Value is null or "0"))
            {
                yield return blob.Element("Name")!.Value;
            }

            marker = page.Root?.Element("NextMarker")?.Value ?? "";
        }
        while (marker.Length > 0);
    }

    /// <summary>The ids of a blob's uncommitted blocks; null when it has committed ones or none at all, so that it is a blob, or gone.</summary>
    public async Task<IReadOnlyList<string>?> ListUncommittedBlocksAsync(string name, CancellationToken cancellationToken)
    {
        using var message = await SendAsync(RequestMethod.Get, name, query: "?comp=blocklist&blocklisttype=all", request: null, streams: false, cancellationToken);
        if (message.Response.Status == 404 && IsMissingBlob(message.Response))
        {
            return null;
        }

        var list = message.Response.Status == 200
            ? await XDocument.LoadAsync(message.Response.Content.ToStream(), LoadOptions.None, cancellationToken)
            : throw Failure(message.Response);
        var blocks = list.Descendants("UncommittedBlocks").Descendants("Block").Select(block => block.Element("Name")!.Value).ToList();
        return blocks.Count == 0 || list.Descendants("CommittedBlocks").Descendants("Block").Any() ? null : blocks;
    }

    /// <summary>
    /// Discards the blocks of a blob that was never committed: it is committed empty, unless there is one by now, and that is deleted.
    /// There is no other way. Until then it is marked: whoever dies in between leaves it to <see cref="DeleteDiscardedAsync"/>.
    /// </summary>
    /// <returns>Whether that was done.</returns>
    public async Task<bool> DiscardUncommittedAsync(string name, AzureBlobProperties properties, CancellationToken cancellationToken)
    {
        string? etag;
        using (var message = await SendAsync(
            RequestMethod.Put,
            name,
            query: "?comp=blocklist",
            request =>
            {
                request.Headers.Add("Content-Type", "application/xml");
                request.Headers.Add("If-None-Match", "*");
                (properties with { Metadata = new Dictionary<string, string> { [DiscardedName] = "1" } }).AddTo(request);
                request.Content = RequestContent.Create(Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList></BlockList>"));
            },
            streams: false,
            cancellationToken))
        {
            if (message.Response.Status is 409 or 412)
            {
                return false; // committed in between: it is a blob
            }

            etag = message.Response.Status == 201 ? HeaderOf(message.Response, "ETag") : throw Failure(message.Response);
        }

        return await DeleteAsync(name, etag, cancellationToken);
    }

    /// <summary>Deletes a blob that was committed empty to discard its blocks, and no other.</summary>
    /// <returns>Whether that was done.</returns>
    public async Task<bool> DeleteDiscardedAsync(string name, CancellationToken cancellationToken) =>
        await DescribeAsync(name, cancellationToken) is { Size: 0, ETag: { } etag } there
        && there.Metadata.ContainsKey(DiscardedName)
        && await DeleteAsync(name, etag, cancellationToken);

    /// <summary>Whether what is written to the container may be deleted again, as far as its own policies go.</summary>
    public async Task<bool> IsImmutableAsync(CancellationToken cancellationToken)
    {
        using var message = await SendAsync(RequestMethod.Head, name: null, query: "?restype=container", request: null, streams: false, cancellationToken);
        return message.Response.Status == 200
            ? HeaderOf(message.Response, "x-ms-has-immutability-policy") == "true" || HeaderOf(message.Response, "x-ms-has-legal-hold") == "true"
            : throw Failure(message.Response);
    }

    private static void AddMatch(Request request, string? etag)
    {
        if (etag is not null)
        {
            request.Headers.Add("If-Match", etag);
        }
    }

    private async Task PutAsync(string name, string query, Action<Request> request, CancellationToken cancellationToken)
    {
        using var message = await SendAsync(RequestMethod.Put, name, query, request, streams: false, cancellationToken);
        if (message.Response.Status != 201)
        {
            throw Failure(message.Response);
        }
    }
}

/// <summary>What is written beside a blob's content.</summary>
internal sealed record AzureBlobProperties
{
    public string? ContentType { get; init; }

    /// <summary>Names of lower-case letters and digits: others are not signed as they are sent.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The encryption scope, which names the key that the blob is encrypted with at rest; null for the container's own.</summary>
    public string? EncryptionScope { get; init; }

    public void AddTo(Request request)
    {
        if (ContentType is not null)
        {
            request.Headers.Add("x-ms-blob-content-type", ContentType);
        }

        foreach (var (name, value) in Metadata)
        {
            request.Headers.Add($"x-ms-meta-{name}", value);
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
