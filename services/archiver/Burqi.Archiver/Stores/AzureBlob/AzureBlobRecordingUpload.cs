using Burqi.Archiver.Stores.Parts;
using Burqi.AzureBlob;

namespace Burqi.Archiver.Stores.AzureBlob;

/// <summary>
/// An object on its way to a container, long ones in blocks. Blocks that are never committed are never seen; they go with the next commit of
/// the same key, with the sweep, or by themselves a week later.
/// </summary>
internal sealed class AzureBlobRecordingUpload(AzureBlobClient client, AzureBlobStoreOptions options, PartBuffers buffers, NewObject newObject)
    : PartedUpload(buffers, options.BlockSize, newObject)
{
    // Two workers may upload the same key, one of them having lost its lease unawares: neither must commit the other's blocks.
    private readonly Guid _upload = Guid.CreateVersion7();

    private AzureBlobProperties Properties { get; } = new() { ContentType = AudioTypes.Of(newObject.Key), EncryptionScope = options.Scope };

    protected override Task PutWholeAsync(PartBuffer? content, string sha256, CancellationToken cancellationToken) =>
        client.PutBlobAsync(NewObject.Key.Value, content?.Content ?? default, WithMetadata(sha256), cancellationToken);

    protected override Task BeginPartsAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override Task PutPartAsync(int number, PartBuffer content, CancellationToken cancellationToken) =>
        client.PutBlockAsync(NewObject.Key.Value, BlockIds.Of(_upload, number), content.Content, Properties, cancellationToken);

    protected override Task CommitPartsAsync(int parts, long size, string sha256, CancellationToken cancellationToken) => client.PutBlockListAsync(
        NewObject.Key.Value, Enumerable.Range(1, parts).Select(number => BlockIds.Of(_upload, number)), WithMetadata(sha256), cancellationToken);

    /// <summary>There is no way to discard blocks that would not show an empty object under the key meanwhile.</summary>
    protected override Task AbortPartsAsync() => Task.CompletedTask;

    private AzureBlobProperties WithMetadata(string sha256) => Properties with
    {
        Metadata = ObjectMetadata.Checked(NewObject.Metadata).Append(new(ObjectMetadata.Sha256, sha256)).ToDictionary(),
    };
}
