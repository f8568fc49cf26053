using Burqi.Contracts.Recordings;

namespace Burqi.Catalog.Retention.Announce;

/// <summary>What the archiver is asked to do with a recording.</summary>
internal sealed record RetentionNews
{
    public required Guid RecordingId { get; init; }

    public required string Provider { get; init; }

    public required string CallId { get; init; }

    public required string RecordingType { get; init; }

    public required string RecordingSource { get; init; }

    public string? Sid { get; init; }

    public string? AssistantId { get; init; }

    /// <summary>Null where a tier is asked for.</summary>
    public Guid? DeletionId { get; init; }

    public string? Reason { get; init; }

    public string? Tier { get; init; }

    public required DateTime RequestedAt { get; init; }

    /// <summary>The message: the same row makes the same, however often.</summary>
    public object ToMessage() => DeletionId is { } deletion
        ? new RecordingDeletionRequested
        {
            RecordingId = RecordingId,
            Provider = Provider,
            CallId = CallId,
            RecordingType = RecordingType,
            RecordingSource = RecordingSource,
            ProviderRecordingId = Sid,
            AssistantId = AssistantId,
            DeletionId = deletion,
            Reason = Reason!,
            RequestedAt = new DateTimeOffset(RequestedAt, TimeSpan.Zero),
        }
        : new RecordingTierRequested
        {
            RecordingId = RecordingId,
            Provider = Provider,
            CallId = CallId,
            RecordingType = RecordingType,
            RecordingSource = RecordingSource,
            ProviderRecordingId = Sid,
            AssistantId = AssistantId,
            Tier = Tier!,
            RequestedAt = new DateTimeOffset(RequestedAt, TimeSpan.Zero),
        };
}
