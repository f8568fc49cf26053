namespace Burqi.Contracts.Operations;

/// <summary>How the archiver's work stands. Told about every minute by one of its replicas, for people to look at; a report that is lost is made up for by the next.</summary>
public sealed record ArchiveBacklogReported
{
    /// <summary>When it was counted (UTC). Of two reports the later one counts.</summary>
    public required DateTimeOffset ReportedAt { get; init; }

    /// <summary>How many jobs wait for their turn.</summary>
    public required long Waiting { get; init; }

    /// <summary>How many jobs are being done.</summary>
    public required long Running { get; init; }

    /// <summary>How many jobs were given up and wait for somebody to look at them.</summary>
    public required long Dead { get; init; }

    /// <summary>How long the oldest job has been waiting (s); null where none waits.</summary>
    public long? OldestWaitingSeconds { get; init; }

    /// <summary>
    /// The jobs that are stuck, the oldest first, at most 50: a JSON array of objects with <c>id</c>, <c>recording_id</c>, <c>call_id</c>,
    /// <c>step</c>, <c>state</c>, <c>attempts</c>, <c>error</c> and <c>created_at</c>.
    /// </summary>
    public required string StuckJobs { get; init; }

    /// <summary>The destinations that do not answer and are left alone for now, separated by spaces; null where all answer.</summary>
    public string? OpenBreakers { get; init; }

    /// <summary>The store that recordings go to: <c>disk</c>, <c>s3</c> or <c>azure</c>.</summary>
    public required string Store { get; init; }

    /// <summary>Free space of the disk store (bytes); null for a store that does not say.</summary>
    public long? StoreFreeBytes { get; init; }

    /// <summary>The size of the disk store's disk (bytes); null for a store that does not say.</summary>
    public long? StoreTotalBytes { get; init; }
}
