using System.Text.Json;
using System.Text.Json.Serialization;
using Burqi.Catalog.Recordings;

namespace Burqi.Catalog.Calls.Get;

/// <summary>What a provider's support asks for when a call or its recording is in question: ids by which it finds them, and when it was, in UTC.</summary>
internal sealed record ProviderIds
{
    [JsonPropertyName("provider")]
    public required string Provider { get; init; }

    [JsonPropertyName("account_id")]
    public required string? AccountId { get; init; }

    [JsonPropertyName("call_id")]
    public required string CallId { get; init; }

    [JsonPropertyName("parent_call_id")]
    public required string? ParentCallId { get; init; }

    [JsonPropertyName("started_at")]
    public required DateTime? StartedAt { get; init; }

    [JsonPropertyName("ended_at")]
    public required DateTime? EndedAt { get; init; }

    /// <summary>One for each recording, in their order.</summary>
    [JsonPropertyName("recordings")]
    public required IReadOnlyList<ProviderRecordingIds> Recordings { get; init; }

    public static ProviderIds Of(Call call, IEnumerable<Recording> recordings) => new()
    {
        Provider = call.Provider,
        AccountId = call.AccountId,
        CallId = call.CallId,
        ParentCallId = call.ParentCallId,
        StartedAt = call.StartedAt,
        EndedAt = call.EndedAt,
        Recordings = [.. recordings.Select(ProviderRecordingIds.Of)],
    };
}

/// <summary>The same of one recording. What the provider's messages did not carry is null.</summary>
internal sealed record ProviderRecordingIds
{
    /// <summary>Ours.</summary>
    [JsonPropertyName("recording_id")]
    public required Guid RecordingId { get; init; }

    /// <summary>The provider's.</summary>
    [JsonPropertyName("recording_sid")]
    public required string? RecordingSid { get; init; }

    [JsonPropertyName("stream_id")]
    public required string? StreamId { get; init; }

    [JsonPropertyName("server_call_id")]
    public required string? ServerCallId { get; init; }

    [JsonPropertyName("correlation_id")]
    public required string? CorrelationId { get; init; }

    [JsonPropertyName("request_id")]
    public required string? RequestId { get; init; }

    [JsonPropertyName("error_code")]
    public required string? ErrorCode { get; init; }

    [JsonPropertyName("started_at")]
    public required DateTime? StartedAt { get; init; }

    [JsonPropertyName("ended_at")]
    public required DateTime? EndedAt { get; init; }

    public static ProviderRecordingIds Of(Recording recording)
    {
        var metadata = recording.RecordingMetadata;
        return new()
        {
            RecordingId = recording.Id,
            RecordingSid = recording.RecordingSid,
            StreamId = Text("stream_id"),
            ServerCallId = Text("server_call_id"),
            CorrelationId = Text("correlation_id"),
            RequestId = Text("request_id"),
            ErrorCode = Text("error_code"),
            StartedAt = recording.StartedAt,
            EndedAt = recording.EndedAt,
        };

        string? Text(string name) => metadata.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
