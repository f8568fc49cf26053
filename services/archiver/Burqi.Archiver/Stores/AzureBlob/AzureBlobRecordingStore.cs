using Burqi.AzureBlob;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.AzureBlob;

/// <summary>Objects in one container of Azure Blob storage, as block blobs.</summary>
internal sealed class AzureBlobRecordingStore : IRecordingStore, IDisposable
{
    // No recording's: every key has a date and a call before its file.
    private const string NobodysName = "recordings/check";

    private readonly AzureBlobStoreOptions _options;
    private readonly AzureBlobClient _client;

    public AzureBlobRecordingStore(IOptions<AzureBlobStoreOptions> options, TimeProvider clock)
    {
        _options = options.Value;
        _client = new AzureBlobClient(
            _options.Azure.ToAccount(),
            _options.Azure.Container!,
            new AzureBlobClientOptions { RequestTimeout = _options.RequestTimeout, Retries = _options.Retries, RetryDelay = _options.RetryDelay },
            clock);
    }

    public string Name => StoreNames.Azure;

    public Task<IRecordingUpload> BeginUploadAsync(ObjectKey key, string? expectedSha256, CancellationToken cancellationToken) =>
        Task.FromResult<IRecordingUpload>(new AzureBlobRecordingUpload(_client, _options, key));

    public async Task<Stream?> OpenReadAsync(ObjectKey key, CancellationToken cancellationToken) =>
        (await _client.OpenAsync(key.Value, offset: 0, length: null, cancellationToken))?.Stream;

    public string UrlOf(ObjectKey key) => _client.AddressOf(key.Value).AbsoluteUri;

    /// <summary>Asks for a blob that is not there: that the answer is no shows that the container is, and that it lets us in.</summary>
    public Task CheckAsync(CancellationToken cancellationToken) => _client.FindAsync(NobodysName, cancellationToken);

    public void Dispose() => _client.Dispose();
}
