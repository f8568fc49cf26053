namespace Burqi.Archiver.Queues;

/// <summary>A job that is busy with a destination.</summary>
/// <param name="Destination">The destination.</param>
/// <param name="IsProbe">Whether it goes there to find out whether that is any good.</param>
internal sealed record Visit(string Destination, bool IsProbe);
