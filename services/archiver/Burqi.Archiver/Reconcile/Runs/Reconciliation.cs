namespace Burqi.Archiver.Reconcile.Runs;

/// <summary>A row of <c>archiver.reconciliations</c>.</summary>
internal sealed record Reconciliation
{
    /// <summary>The columns by the names of the properties.</summary>
    public const string Columns =
        """
        id as Id, provider as Provider, requested_by as RequestedBy, window_from as WindowFrom, window_to as WindowTo, status as Status,
        attempts as Attempts, lease_id as LeaseId, progress as Progress, error as Error, created_at as CreatedAt, started_at as StartedAt,
        finished_at as FinishedAt
        """;

    public required Guid Id { get; init; }

    public required string Provider { get; init; }

    /// <summary>One of <see cref="ReconciliationRequesters"/>.</summary>
    public required string RequestedBy { get; init; }

    public required DateTime WindowFrom { get; init; }

    public required DateTime WindowTo { get; init; }

    /// <summary>One of <see cref="ReconciliationStatuses"/>.</summary>
    public required string Status { get; init; }

    public int Attempts { get; init; }

    public Guid? LeaseId { get; init; }

    /// <summary>A <see cref="ReconciliationProgress"/>, JSON.</summary>
    public required string Progress { get; init; }

    public string? Error { get; init; }

    public required DateTime CreatedAt { get; init; }

    public DateTime? StartedAt { get; init; }

    public DateTime? FinishedAt { get; init; }
}

/// <summary>The values of <c>status</c>.</summary>
internal static class ReconciliationStatuses
{
    /// <summary>Under way, or waiting for the one before it.</summary>
    public const string Running = "running";

    /// <summary>All accounts were looked through to their end.</summary>
    public const string Completed = "completed";

    /// <summary>An account, or a call, could not be read to its end: what else was found stands.</summary>
    public const string Failed = "failed";
}

/// <summary>The values of <c>requested_by</c>.</summary>
internal static class ReconciliationRequesters
{
    public const string Schedule = "schedule";

    public const string Request = "request";
}
