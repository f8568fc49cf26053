namespace Burqi.Archiver.Retention;

/// <summary>The recording that something was asked of, as the message names it.</summary>
internal sealed record AskedOf
{
    public required Guid RecordingId { get; init; }

    public required string Provider { get; init; }

    public required string CallId { get; init; }

    public required string RecordingType { get; init; }

    public required string RecordingSource { get; init; }

    public string? ProviderRecordingId { get; init; }

    public string? AssistantId { get; init; }
}
