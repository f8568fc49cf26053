namespace Burqi.Archiver.Reconcile.Announce;

/// <summary>A recording that was found, to be announced.</summary>
internal sealed record FoundRecording
{
    public required Guid RecordingId { get; init; }

    public required string Status { get; init; }

    public required string Message { get; init; }
}

/// <summary>A call of such a recording, to be announced.</summary>
internal sealed record FoundCall
{
    public required string Provider { get; init; }

    public required string CallId { get; init; }

    public string? Started { get; init; }

    public string? Ended { get; init; }
}
