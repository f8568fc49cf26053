using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Sources.Buckets;
using Burqi.Archiver.Stores;

namespace Burqi.Archiver.Sources.Acs;

/// <summary>A recording that ACS put into a container of ours. It is read where it lies, and stays there.</summary>
internal sealed class AcsBlobRecordingSource(AzureContainer container) : IRecordingSource
{
    public const string SourceKind = "acs_blob";

    public string Kind => SourceKind;

    public Task<SourceContent> OpenAsync(SourceRequest request, CancellationToken cancellationToken) =>
        container.OpenAsync(NotOurs(AcsDetails.Parse(request.Details).Content), request, cancellationToken);

    /// <summary>Deletes ACS's file in our container; one that is gone already is deleted.</summary>
    public Task DeleteAsync(Uri location, CancellationToken cancellationToken) => container.DeleteAsync(NotOurs(location), cancellationToken);

    /// <summary>It may be the container that recordings are kept in: they are none of ACS's.</summary>
    private Uri NotOurs(Uri location) => ObjectKey.IsOne(container.NameOf(location))
        ? throw new TransferException(TransferFailure.Refused, "What is said to be a file of ACS's is a recording in our store.")
        : location;
}
