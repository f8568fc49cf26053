using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Sources.Buckets;
using Burqi.Archiver.Stores;
using Burqi.Encryption;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Sources.LiveKit;

/// <summary>A recording that LiveKit's egress has put into a bucket or container of ours, which may be the one that recordings are kept in.</summary>
internal sealed class LiveKitRecordingSource(
    S3Bucket bucket, AzureContainer container, RecordingStores stores, KeyRing keys, RecordingDownload download, IOptions<ArchiverOptions> options) : IRecordingSource
{
    public const string SourceKind = "livekit";

    public string Kind => SourceKind;

    public async Task<SourceContent> OpenAsync(SourceRequest request, CancellationToken cancellationToken)
    {
        var details = LiveKitDetails.Parse(request.Details);
        var place = PlaceOf(details);
        if (keys.HasKeys && IsInStore(place))
        {
            return await OpenStoredAsync(place, request, cancellationToken);
        }

        var content = details.Object is var (name, key)
            ? await bucket.OpenAsync(name, key, request, cancellationToken)
            : await container.OpenAsync(details.Blob!, request, cancellationToken);
        content.Place = place;
        return content;
    }

    /// <summary>Where the file lies, in the terms of our stores.</summary>
    /// <exception cref="TransferException">It lies in no bucket or container of ours.</exception>
    public StoredPlace PlaceOf(LiveKitDetails details)
    {
        if (details.Object is var (name, key))
        {
            bucket.RequireOurs(name);
            return new StoredPlace(StoreNames.S3, key);
        }

        return new StoredPlace(StoreNames.Azure, container.NameOf(details.Blob!));
    }

    /// <summary>Whether the file lies in a store of ours under a name that a recording of ours may have.</summary>
    public bool IsInStore(StoredPlace place) => ObjectKey.IsOne(place.Key) && stores.All.Any(store => store.Name == place.Store);

    /// <summary>Deletes LiveKit's file; one that is gone already is deleted.</summary>
    public Task DeleteAsync(LiveKitDetails details, CancellationToken cancellationToken) => details.Object is var (name, key)
        ? bucket.DeleteAsync(name, key, cancellationToken)
        : container.DeleteAsync(details.Blob!, cancellationToken);

    /// <summary>
    /// Where there are keys, the file may be encrypted by now, by an attempt that did not live to tell; and where new objects are encrypted
    /// one that is not is written over itself, so it counts as lying elsewhere.
    /// </summary>
    private async Task<SourceContent> OpenStoredAsync(StoredPlace place, SourceRequest request, CancellationToken cancellationToken)
    {
        var stored = await StoredObject.AskAsync(
            () => stores.Named(place.Store).OpenReadAsync(ObjectKey.Parse(place.Key), cancellationToken), cancellationToken)
            ?? throw Absence.Of("the store", request, options.Value);
        var content = download.Resuming(download.Watched(stored.Body), stored.Size, continueAt: null);
        content.Place = keys.CurrentId is null ? place : null;
        return content;
    }
}
