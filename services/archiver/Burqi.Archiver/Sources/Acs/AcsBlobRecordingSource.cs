using Burqi.Archiver.Sources.Buckets;

namespace Burqi.Archiver.Sources.Acs;

/// <summary>A recording that ACS put into a container of ours. It is read where it lies, and stays there.</summary>
internal sealed class AcsBlobRecordingSource(AzureContainer container) : IRecordingSource
{
    public const string SourceKind = "acs_blob";

    public string Kind => SourceKind;

    public Task<SourceContent> OpenAsync(SourceRequest request, CancellationToken cancellationToken) =>
        container.OpenAsync(AcsDetails.Parse(request.Details).Content, request, cancellationToken);

    /// <summary>Deletes ACS's file in our container; one that is gone already is deleted.</summary>
    public Task DeleteAsync(Uri location, CancellationToken cancellationToken) => container.DeleteAsync(location, cancellationToken);
}
