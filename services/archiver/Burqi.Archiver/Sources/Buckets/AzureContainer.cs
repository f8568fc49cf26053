using Azure;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Stores.AzureBlob;
using Burqi.AzureBlob;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Sources.Buckets;

/// <summary>
/// The container that <c>AZURE_STORAGE_…</c> name, as a place that others put recordings into. Nothing is ever read from another container
/// or account, whatever a message says.
/// </summary>
internal sealed class AzureContainer : IDisposable
{
    private readonly RecordingDownload _download;
    private readonly AzureBlobStoreOptions _store;
    private readonly ArchiverOptions _options;
    private readonly Lazy<AzureBlobClient> _client;

    public AzureContainer(RecordingDownload download, IOptions<AzureBlobStoreOptions> store, IOptions<ArchiverOptions> options, TimeProvider clock)
    {
        (_download, _store, _options) = (download, store.Value, options.Value);
        _client = new Lazy<AzureBlobClient>(() => new AzureBlobClient(
            _store.Azure.ToAccount(),
            _store.Azure.Container!,
            new AzureBlobClientOptions { RequestTimeout = _store.RequestTimeout, Retries = _store.Retries, RetryDelay = _store.RetryDelay },
            clock));
    }

    /// <summary>Opens a blob of the container.</summary>
    /// <exception cref="TransferException">It cannot be had now, or at all.</exception>
    public async Task<SourceContent> OpenAsync(Uri location, SourceRequest request, CancellationToken cancellationToken)
    {
        var name = NameOf(location);
        var blob = await AskAsync(() => _client.Value.OpenVersionAsync(name, offset: 0, version: null, cancellationToken))
            ?? throw Absence.Of("the container", request, _options);
        return _download.Resuming(
            _download.Watched(blob.Stream), blob.BlobSize, (offset, token) => ContinueAsync(name, blob, offset, token));
    }

    /// <summary>Deletes a blob of the container; one that is gone already is deleted.</summary>
    /// <exception cref="TransferException">It could not be deleted.</exception>
    public Task DeleteAsync(Uri location, CancellationToken cancellationToken)
    {
        var name = NameOf(location);
        return AskAsync(async () =>
        {
            await _client.Value.DeleteWholeAsync(name, cancellationToken);
            return true;
        });
    }

    /// <summary>The blob's name, once it is certain that it lies in our container.</summary>
    public string NameOf(Uri location)
    {
        if (_store.Azure.Problems().Any())
        {
            throw new TransferException(
                TransferFailure.SourceRefused, "The recording lies in a container of Azure Blob storage, and AZURE_STORAGE_… do not name one that Burqi may read.");
        }

        var container = _client.Value.AddressOf("").AbsoluteUri; // ends with a slash
        return location.Query.Length == 0 && location.AbsoluteUri.StartsWith(container, StringComparison.Ordinal)
            && Uri.UnescapeDataString(location.AbsoluteUri[container.Length..]) is var name && AzureBlobClient.IsAddressable(name)
            ? name
            : throw new TransferException(
                TransferFailure.SourceRefused, $"The recording is said to lie at '{location.IdnHost}', in another account or container than AZURE_STORAGE_… name.");
    }

    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
    }

    private async Task<Stream?> ContinueAsync(string name, AzureBlobVersion begun, long offset, CancellationToken cancellationToken)
    {
        var rest = await AskAsync(() => _client.Value.OpenVersionAsync(name, offset, begun.Tag, cancellationToken)) ?? throw SourceVersion.Changed();
        if (rest.Tag == begun.Tag && rest.ContentRange == $"bytes {offset}-{begun.BlobSize - 1}/{begun.BlobSize}")
        {
            return _download.Watched(rest.Stream);
        }

        await rest.Stream.DisposeAsync();
        throw SourceVersion.Changed();
    }

    private static async Task<T> AskAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (AzureBlobException exception)
        {
            throw exception.Status switch
            {
                412 or 416 => SourceVersion.Changed(),
                401 or 403 => new TransferException(TransferFailure.SourceRefused, exception.Message, exception),
                _ => new TransferException(TransferFailure.SourceUnavailable, exception.Message, exception),
            };
        }
        catch (RequestFailedException exception)
        {
            throw new TransferException(TransferFailure.SourceUnavailable, $"Azure Blob storage failed ({exception.ErrorCode}).", exception);
        }
    }
}
