namespace Burqi.Archiver.Queues;

/// <summary>The jobs of one step that depend on one destination.</summary>
/// <param name="Step">One of <see cref="Jobs.JobSteps"/>.</param>
/// <param name="Destination">What they depend on.</param>
internal sealed record JobQueue(string Step, string Destination);
