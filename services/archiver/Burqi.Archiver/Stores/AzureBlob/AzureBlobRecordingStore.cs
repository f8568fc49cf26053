using Burqi.Archiver.Stores.Parts;
using Burqi.AzureBlob;
using Burqi.Contracts.Recordings;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Stores.AzureBlob;

/// <summary>Objects in one container of Azure Blob storage, as block blobs.</summary>
internal sealed class AzureBlobRecordingStore : IRecordingStore, IDisposable
{
    // No recording's: every key has a date and a call before its file.
    private const string NobodysName = "recordings/check";

    private readonly AzureBlobStoreOptions _options;
    private readonly PartBuffers _buffers;
    private readonly TimeProvider _clock;
    private readonly AzureBlobClient _client;

    public AzureBlobRecordingStore(IOptions<AzureBlobStoreOptions> options, PartBuffers buffers, TimeProvider clock)
    {
        (_options, _buffers, _clock) = (options.Value, buffers, clock);
        _client = new AzureBlobClient(
            _options.Azure.ToAccount(),
            _options.Azure.Container!,
            new AzureBlobClientOptions { RequestTimeout = _options.RequestTimeout, Retries = _options.Retries, RetryDelay = _options.RetryDelay },
            clock);
    }

    public string Name => StoreNames.Azure;

    public Task<IRecordingUpload> BeginUploadAsync(NewObject newObject, CancellationToken cancellationToken) =>
        Task.FromResult<IRecordingUpload>(new AzureBlobRecordingUpload(_client, _options, _buffers, newObject));

    public async Task<OpenedObject?> OpenReadAsync(ObjectKey key, CancellationToken cancellationToken, long offset = 0)
    {
        if (await _client.OpenAsync(key.Value, offset, length: null, cancellationToken) is { } content)
        {
            return new OpenedObject(content.Stream, content.BlobSize, WithoutChecksum(content.Metadata));
        }

        return offset > 0 && await DescribeAsync(key, cancellationToken) is { } there ? new OpenedObject(Stream.Null, there.Size, there.Metadata) : null;
    }

    public async Task<StoredDescription?> DescribeAsync(ObjectKey key, CancellationToken cancellationToken) =>
        await _client.DescribeAsync(key.Value, cancellationToken) is { } there
            ? new StoredDescription(there.Size, WithoutChecksum(there.Metadata), TierOf(there.Tier)) { Sha256 = there.Metadata.GetValueOrDefault(ObjectMetadata.Sha256) }
            : null;

    public Task DeleteAsync(ObjectKey key, CancellationToken cancellationToken) => _client.DeleteAsync(key.Value, etag: null, cancellationToken);

    public async Task ReplaceMetadataAsync(ObjectKey key, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var now = await _client.DescribeAsync(key.Value, cancellationToken) ?? throw Missing();
        var checksum = now.Metadata.Where(entry => entry.Key == ObjectMetadata.Sha256);
        await _client.SetMetadataAsync(key.Value, now, ObjectMetadata.Checked(metadata).Concat(checksum).ToDictionary(), cancellationToken);
    }

    public async Task<bool> SetTierAsync(ObjectKey key, string tier, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.SetTierAsync(key.Value, NameOf(tier), cancellationToken) ? true : throw Missing();
        }
        catch (AzureBlobException exception) when (exception.Code is "BlobAccessTierNotSupportedForAccountType" or "AccessTierNotSupportedForBlobType")
        {
            return false; // such as an account of premium block blobs
        }
    }

    /// <summary>
    /// Nothing is swept where it could not be swept whole: in a container with an immutability policy the empty blob that takes the blocks
    /// with it would stay. A signature for one container cannot be used to ask for that, and leaves the blocks to Azure too.
    /// </summary>
    public async Task<int> SweepAsync(TimeSpan olderThan, CancellationToken cancellationToken)
    {
        try
        {
            if (await _client.IsImmutableAsync(cancellationToken))
            {
                return 0;
            }
        }
        catch (AzureBlobException exception) when (exception.Status == 403)
        {
            return 0;
        }

        var before = _clock.GetUtcNow() - olderThan;
        var count = new SweepCount();
        await foreach (var name in _client.ListUncommittedAsync(ObjectKey.Folder, cancellationToken))
        {
            await count.TryAsync(() => RemoveAsync(name, before, cancellationToken), cancellationToken);
        }

        return count.Result();
    }

    /// <summary>All blocks have to be ours, and old: others may write to the same container.</summary>
    private async Task<bool> RemoveAsync(string name, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var blocks = await _client.ListUncommittedBlocksAsync(name, cancellationToken);
        return (blocks is null || blocks.All(block => BlockIds.BegunAt(block) < before))
            && (await _client.DeleteDiscardedAsync(name, cancellationToken)
                || (blocks is not null && await _client.DiscardUncommittedAsync(name, new AzureBlobProperties { EncryptionScope = _options.Scope }, cancellationToken)));
    }

    public string UrlOf(ObjectKey key) => _client.AddressOf(key.Value).AbsoluteUri;

    /// <summary>Asks for a blob that is not there: that the answer is no shows that the container is, and that it lets us in.</summary>
    public Task CheckAsync(CancellationToken cancellationToken) => _client.FindAsync(NobodysName, cancellationToken);

    public void Dispose() => _client.Dispose();

    private static FileNotFoundException Missing() => new("The store does not have the object.");

    private static Dictionary<string, string> WithoutChecksum(IReadOnlyDictionary<string, string> metadata) =>
        metadata.Where(entry => entry.Key != ObjectMetadata.Sha256).ToDictionary();

    private static string NameOf(string tier) => tier switch
    {
        StorageTiers.Hot => "Hot",
        StorageTiers.Cool => "Cool",
        StorageTiers.Archive => "Archive",
        _ => throw new ArgumentException($"'{tier}' is not a tier.", nameof(tier)),
    };

    private static string? TierOf(string? name) => name switch
    {
        null => null,
        "Hot" => StorageTiers.Hot,
        "Archive" => StorageTiers.Archive,
        _ => StorageTiers.Cool, // Cool or Cold
    };
}
