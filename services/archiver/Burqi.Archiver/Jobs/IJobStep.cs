namespace Burqi.Archiver.Jobs;

/// <summary>
/// Work on a recording that is archived already, or is to be forgotten. Whoever registers one has its jobs claimed; a replica of another release
/// that has none of that step leaves them alone.
/// </summary>
internal interface IJobStep
{
    /// <summary>One of <see cref="JobSteps"/>.</summary>
    string Step { get; }

    /// <summary>Does it, and writes down what came of it: completes the job, or gives it back where its time has not come.</summary>
    /// <returns>Whether its destination did its part; false where it was not asked, as when the job's time has not come, which says nothing about it.</returns>
    /// <exception cref="ArchiveRecording.TransferException">
    /// The attempt failed; nothing else is thrown for that. The worker writes it down: the job waits and is tried again, or is dead.
    /// </exception>
    Task<bool> RunAsync(ArchiveJob job, CancellationToken cancellationToken);

    /// <summary>
    /// The messages that tell others how a job of this step ended, completed or dead: the same row makes the same ones, however often. None by default.
    /// </summary>
    IReadOnlyList<object> News(ArchiveJob job) => [];
}
