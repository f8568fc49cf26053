using Burqi.Archiver.Sources.Buckets;

namespace Burqi.Archiver.Sources.LiveKit;

/// <summary>A recording that LiveKit's egress has put into a bucket or container of ours.</summary>
internal sealed class LiveKitRecordingSource(S3Bucket bucket, AzureContainer container) : IRecordingSource
{
    public const string SourceKind = "livekit";

    public string Kind => SourceKind;

    public async Task<SourceContent> OpenAsync(SourceRequest request, CancellationToken cancellationToken)
    {
        var details = LiveKitDetails.Parse(request.Details);
        if (details.Object is var (name, key))
        {
            var content = await bucket.OpenAsync(name, key, request, cancellationToken);
            content.Place = new StoredPlace(StoreNames.S3, key);
            return content;
        }

        var blob = await container.OpenAsync(details.Blob!, request, cancellationToken);
        blob.Place = new StoredPlace(StoreNames.Azure, container.NameOf(details.Blob!));
        return blob;
    }

    /// <summary>Where the file lies, in the terms of our stores.</summary>
    public StoredPlace PlaceOf(LiveKitDetails details) =>
        details.Object is var (_, key) ? new StoredPlace(StoreNames.S3, key) : new StoredPlace(StoreNames.Azure, container.NameOf(details.Blob!));

    /// <summary>Deletes LiveKit's file; one that is gone already is deleted.</summary>
    public Task DeleteAsync(LiveKitDetails details, CancellationToken cancellationToken) => details.Object is var (name, key)
        ? bucket.DeleteAsync(name, key, cancellationToken)
        : container.DeleteAsync(details.Blob!, cancellationToken);
}
