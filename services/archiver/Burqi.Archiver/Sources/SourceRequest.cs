namespace Burqi.Archiver.Sources;

/// <summary>What is wanted from a source.</summary>
/// <param name="RecordingId">The recording.</param>
/// <param name="Details">The source's own description of it, JSON, as the consumer wrote it down.</param>
/// <param name="TryingFor">How long it has been tried already: what is missing at first may still be on its way.</param>
/// <param name="DurationMs">How long the announcement says it is, in ms; null where it does not.</param>
/// <param name="Channels">How many channels the announcement says it has; null where it does not.</param>
/// <param name="AssistantId">The assistant whose call it is; null where there was none.</param>
internal sealed record SourceRequest(Guid RecordingId, string Details, TimeSpan TryingFor, long? DurationMs = null, int? Channels = null, string? AssistantId = null);
