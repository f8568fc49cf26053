using Burqi.Archiver.Jobs;

namespace Burqi.Archiver.Queues;

/// <summary>A job on lease.</summary>
/// <param name="Job">The job.</param>
/// <param name="Visits">What it is busy with.</param>
internal sealed record TakenJob(ArchiveJob Job, IReadOnlyList<Visit> Visits)
{
    /// <summary>The store that it is about or goes to; null where there is none.</summary>
    public string? Store => Job.Store ?? Visits.Select(visit => Destinations.StoreIn(visit.Destination)).FirstOrDefault(store => store is not null);
}
