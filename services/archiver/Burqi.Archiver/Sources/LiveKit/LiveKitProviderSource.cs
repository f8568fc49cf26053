using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Stores;
using Burqi.Contracts;
using Burqi.Contracts.Recordings;

namespace Burqi.Archiver.Sources.LiveKit;

/// <summary>LiveKit's own recordings. One that was put under the very key it is kept under stays where it is.</summary>
internal sealed class LiveKitProviderSource(LiveKitRecordingSource source) : IProviderSource
{
    private const string FileFormat = "ogg";

    public string Provider => Providers.LiveKit;

    public NewJob Describe(NewJob job, ProviderRecordingReady announcement)
    {
        var details = LiveKitDetails.Of(announcement.ContentLocation);
        var startedAt = announcement.StartedAt ?? announcement.ReadyAt;
        var extension = Path.GetExtension(details.FileName).TrimStart('.').ToLowerInvariant();
        var format = announcement.Format?.ToLowerInvariant() ?? (extension.Length > 0 ? extension : FileFormat);
        return job with
        {
            Format = format,
            SourceKind = LiveKitRecordingSource.SourceKind,
            SourceDetails = details.ToJson(),
            Destination = details.Object?.Bucket ?? details.Blob!.Authority,
            ExpectedSize = announcement.FileSize is > 0 ? announcement.FileSize : null,
            // A file that we had LiveKit name has the room's name, which no message carries; another one gets its id.
            ObjectKey = ObjectKey.ForRoomFile(details.FileName, format) ?? ObjectKey.ForRoom(announcement.CallId, format, startedAt),
        };
    }

    public IReadOnlyList<NewJob> After(ArchiveJob job, TransferResult result) => [];

    public Task DeleteAsync(ArchiveJob job, CancellationToken cancellationToken) => ProviderCopy.DeleteAsync(async () =>
    {
        var details = LiveKitDetails.Parse(job.SourceDetails);
        if (!IsOurs(source.PlaceOf(details), job))
        {
            await source.DeleteAsync(details, cancellationToken);
        }
    });

    /// <summary>
    /// Whether what lies there is no copy of LiveKit's but a recording of ours: this one, or another one that was told of the same file.
    /// </summary>
    private bool IsOurs(StoredPlace place, ArchiveJob job) => place.Key == job.ObjectKey
        ? job.Store is null || job.Store == place.Store
        : source.IsInStore(place);
}
