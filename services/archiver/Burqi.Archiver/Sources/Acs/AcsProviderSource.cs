using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Stores;
using Burqi.Contracts;
using Burqi.Contracts.Recordings;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Sources.Acs;

/// <summary>ACS's own recordings: in its storage, which keeps them for a day, or in a container of ours (BYOS).</summary>
internal sealed class AcsProviderSource(
    AcsRecordingSource storage, AcsBlobRecordingSource blobs, IOptions<AcsSourceOptions> options, TimeProvider clock) : IProviderSource
{
    private const string FileFormat = "wav";

    public string Provider => Providers.Acs;

    public NewJob Describe(NewJob job, ProviderRecordingReady announcement)
    {
        var details = AcsDetails.Describe(announcement.ContentLocation, announcement.DeleteLocation);
        var isInContainer = options.Value.UseByos && !options.Value.IsContentHost(new Uri(announcement.ContentLocation!));
        var format = announcement.Format?.ToLowerInvariant() ?? FileFormat;
        return job with
        {
            Format = format,
            SourceKind = isInContainer ? AcsBlobRecordingSource.SourceKind : AcsRecordingSource.SourceKind,
            SourceDetails = details,
            SourceKeepsUntil = isInContainer ? null : announcement.ReadyAt + AcsSourceOptions.KeptFor,
            Destination = new Uri(announcement.ContentLocation!).Authority,
            ExpectedSize = announcement.FileSize is > 0 ? announcement.FileSize : null,
            ObjectKey = ObjectKey.ForChunk(
                announcement.CallId, announcement.RecordingType, announcement.ChunkIndex ?? 0, format, announcement.StartedAt ?? announcement.ReadyAt),
        };
    }

    public IReadOnlyList<NewJob> After(ArchiveJob job, TransferResult result) => [];

    public Task DeleteAsync(ArchiveJob job, CancellationToken cancellationToken)
    {
        var (content, delete) = AcsDetails.Parse(job.SourceDetails);
        if (job.SourceKind == AcsBlobRecordingSource.SourceKind)
        {
            return ProviderCopy.DeleteAsync(() => blobs.DeleteAsync(content, cancellationToken));
        }

        // A day after it was made it is gone, whatever anybody does; older pages of ACS's say two.
        var age = clock.GetUtcNow().UtcDateTime - (job.TakenUpAt ?? job.CreatedAt);
        if (age >= AcsSourceOptions.KeptFor * 2 || (delete is null && age >= AcsSourceOptions.KeptFor))
        {
            return Task.CompletedTask;
        }

        return delete is not null
            ? ProviderCopy.DeleteAsync(() => storage.DeleteAsync(delete, cancellationToken))
            : throw new TransferException(
                TransferFailure.SourceUnavailable, "ACS did not say where its copy is deleted: it deletes it itself, a day after it was made.");
    }
}
