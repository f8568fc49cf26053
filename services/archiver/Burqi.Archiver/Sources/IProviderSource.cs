using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Contracts.Recordings;

namespace Burqi.Archiver.Sources;

/// <summary>What archiver must know of one provider to fetch the recordings that provider made itself.</summary>
internal interface IProviderSource
{
    /// <summary>The provider, as messages name it.</summary>
    string Provider { get; }

    /// <summary>Adds to a job what this provider's announcement says: where the recording is fetched and where it will lie.</summary>
    /// <exception cref="FormatException">The announcement names something that is not this provider's.</exception>
    NewJob Describe(NewJob job, ProviderRecordingReady announcement);

    /// <summary>What follows once a recording lies in the store, verified; nothing for a recording that is not this provider's own.</summary>
    IReadOnlyList<NewJob> After(ArchiveJob job, TransferResult result);

    /// <summary>Deletes the provider's own copy; one that is gone already is deleted.</summary>
    /// <exception cref="TransferException">It could not be deleted now, or never can be; nothing else is thrown for that.</exception>
    Task DeleteAsync(ArchiveJob job, CancellationToken cancellationToken);
}
