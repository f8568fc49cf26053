using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Completeness.Announce;

/// <summary>A call of which is to be told what is missing, or that nothing is any more, as it stands.</summary>
internal sealed record CompletenessNews
{
    public required string CallId { get; init; }

    public required string Provider { get; init; }

    public string? AssistantId { get; init; }

    public long? DurationMs { get; init; }

    public required string State { get; init; }

    public string? Reason { get; init; }

    public string? RecordingType { get; init; }

    public long? RecordedMs { get; init; }

    /// <summary>When the call ended; where nobody told, when its last recording did.</summary>
    public required DateTime EndedAt { get; init; }

    public required DateTime Since { get; init; }

    /// <summary>How much there was to tell when this was read.</summary>
    public required long News { get; init; }

    /// <summary>The message: the same row makes the same, however often.</summary>
    public object ToMessage() => State switch
    {
        CompletenessStates.Missing => new RecordingMissing
        {
            Provider = Provider,
            CallId = CallId,
            AssistantId = AssistantId,
            CallDurationMs = DurationMs,
            Reason = Reason!,
            EndedAt = Time(EndedAt),
            DetectedAt = Time(Since),
        },
        CompletenessStates.Incomplete => new RecordingIncomplete
        {
            Provider = Provider,
            CallId = CallId,
            AssistantId = AssistantId,
            RecordingType = RecordingType!,
            CallDurationMs = DurationMs,
            RecordedMs = RecordedMs!.Value,
            Reason = Reason!,
            EndedAt = Time(EndedAt),
            DetectedAt = Time(Since),
        },
        _ => new RecordingComplete
        {
            Provider = Provider,
            CallId = CallId,
            AssistantId = AssistantId,
            EndedAt = Time(EndedAt),
            CompletedAt = Time(Since),
        },
    };

    private static DateTimeOffset Time(DateTime utc) => new(utc, TimeSpan.Zero);
}
