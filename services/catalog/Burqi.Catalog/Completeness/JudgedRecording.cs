using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Completeness;

/// <summary>What is known of a call's recording when the call is looked at.</summary>
internal sealed record JudgedRecording
{
    /// <summary>The columns under the properties' names.</summary>
    public const string Columns =
        """
        call_id as CallId, recording_source as Source, recording_type as Type, status as Status, duration_ms as DurationMs,
        started_at as StartedAt, ended_at as EndedAt, created_at as CreatedAt, updated_at as UpdatedAt, recording_sid as Sid,
        recording_metadata ->> 'origin' as Origin, recording_metadata ->> 'reason' as Reason,
        (recording_metadata -> 'facts' ->> 'coverage_ms')::bigint as CoverageMs,
        recording_metadata ->> 'auto_save' is not distinct from 'false' as StaysWhereItIs
        """;

    public required string CallId { get; init; }

    public required string Source { get; init; }

    public required string Type { get; init; }

    public required string Status { get; init; }

    public long? DurationMs { get; init; }

    public DateTime? StartedAt { get; init; }

    public DateTime? EndedAt { get; init; }

    /// <summary>When it was first heard of.</summary>
    public required DateTime CreatedAt { get; init; }

    public required DateTime UpdatedAt { get; init; }

    public string? Sid { get; init; }

    /// <summary>The provider's word for what made it.</summary>
    public string? Origin { get; init; }

    /// <summary>Why it failed or is absent.</summary>
    public string? Reason { get; init; }

    /// <summary>Its assistant wants it not archived: captured is as far as it comes.</summary>
    public bool StaysWhereItIs { get; init; }

    /// <summary>How much of it came in frames, of whichever side; null where nobody counted.</summary>
    public long? CoverageMs { get; init; }

    /// <summary>
    /// How much of a mix of ours is silence because neither side's frames came. A single side may have nothing to say; and a mix that points at
    /// the provider's recording has none of our gaps; whether one that is deleted did, its row no longer tells.
    /// </summary>
    public long GapMs => this is { Status: not RecordingStatuses.Deleted, Type: RecordingTypes.Mixed, IsLocal: true, Sid: null, DurationMs: { } length, CoverageMs: { } covered } ? Math.Max(0, length - covered) : 0;

    public bool IsLocal => Source == RecordingSources.Local;

    /// <summary>It is as far as it was to come. One that was deleted since had come.</summary>
    public bool HasArrived => Status is RecordingStatuses.Completed or RecordingStatuses.Deleted || (StaysWhereItIs && Status is RecordingStatuses.Captured);

    /// <summary>Its audio is known to be whole somewhere, if not yet in the store.</summary>
    public bool IsUnderWay => !HasArrived && Status is RecordingStatuses.Captured or RecordingStatuses.Archiving;

    public bool IsAwaited => IsUnderWay || Status is RecordingStatuses.Recording;

    /// <summary>When its audio ends; null where that is not known.</summary>
    public DateTime? End => StartedAt is { } start && DurationMs is { } duration ? start.PlusMilliseconds(duration) : EndedAt;
}
