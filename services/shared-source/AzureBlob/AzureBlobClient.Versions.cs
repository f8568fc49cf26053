using Azure;
using Azure.Core;

namespace Burqi.AzureBlob;

/// <summary>What only whoever fetches others' blobs does: reading one version of a blob, also in several goes, and deleting it.</summary>
internal sealed partial class AzureBlobClient
{
    /// <summary>Opens a blob from <paramref name="offset"/> on; null when there is no such blob.</summary>
    /// <param name="name">The blob.</param>
    /// <param name="offset">The first byte that is wanted.</param>
    /// <param name="version">The version that is wanted, as an earlier answer named it; null for whichever there is.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    /// <exception cref="AzureBlobException">The service refused, failed or was not reached; 412 or 416 where there is another version by now.</exception>
    public async Task<AzureBlobVersion?> OpenVersionAsync(string name, long offset, ETag? version, CancellationToken cancellationToken)
    {
        if (!IsAddressable(name))
        {
            return null;
        }

        using var message = await SendAsync(
            RequestMethod.Get,
            name,
            query: "",
            request =>
            {
                if (version is { } wanted)
                {
                    request.Headers.Add("If-Match", wanted.ToString("H"));
                    request.Headers.Add("x-ms-range", $"bytes={offset}-");
                }
            },
            streams: true,
            cancellationToken);
        var response = message.Response;
        return response.Status switch
        {
            200 or 206 when SizeOfAll(response) is { } size && response.Headers.ETag is { } tag => new AzureBlobVersion(
                message.ExtractResponseContent() ?? Stream.Null, size, tag, response.Headers.TryGetValue("Content-Range", out var range) ? range : null),
            404 when IsMissingBlob(response) => null,
            _ => throw Failure(response),
        };
    }

    /// <summary>Deletes a blob and its snapshots; one that is gone already is deleted.</summary>
    /// <exception cref="AzureBlobException">The service refused, failed or was not reached.</exception>
    public async Task DeleteWholeAsync(string name, CancellationToken cancellationToken)
    {
        using var message = await SendAsync(
            RequestMethod.Delete, name, query: "", request => request.Headers.Add("x-ms-delete-snapshots", "include"), streams: false, cancellationToken);
        if (message.Response.Status is not (200 or 202) && !(message.Response.Status == 404 && IsMissingBlob(message.Response)))
        {
            throw Failure(message.Response);
        }
    }
}

/// <summary>A version of a blob, open for reading.</summary>
/// <param name="Stream">Its bytes, from where they were asked for.</param>
/// <param name="BlobSize">The size of all of it.</param>
/// <param name="Tag">By which it is known again.</param>
/// <param name="ContentRange">Which of its bytes these are; null for all of them.</param>
internal sealed record AzureBlobVersion(Stream Stream, long BlobSize, ETag Tag, string? ContentRange);
