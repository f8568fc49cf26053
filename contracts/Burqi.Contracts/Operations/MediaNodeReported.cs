namespace Burqi.Contracts.Operations;

/// <summary>How a media node stands. Told about every minute by each, for people to look at; a report that is lost is made up for by the next.</summary>
public sealed record MediaNodeReported
{
    /// <summary>The node's name.</summary>
    public required string Node { get; init; }

    /// <summary>When it was measured (UTC). Of two reports of a node the later one counts.</summary>
    public required DateTimeOffset ReportedAt { get; init; }

    /// <summary>How many media streams it is recording.</summary>
    public required int ActiveStreams { get; init; }

    /// <summary>The size of the disk that its recordings folder lies on (bytes).</summary>
    public required long DiskTotalBytes { get; init; }

    /// <summary>How much of it is free (bytes).</summary>
    public required long DiskFreeBytes { get; init; }
}
