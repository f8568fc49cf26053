using System.Text.Json.Serialization;
using Burqi.Catalog.Controls;
using Burqi.Catalog.Recordings;
using Burqi.Catalog.Recordings.Events;
using Burqi.Catalog.Retention.Hold;

namespace Burqi.Catalog.Calls.Get;

/// <summary>A call, its recordings, the earliest first, and what happened to them.</summary>
internal sealed record CallDetails : Call
{
    [JsonPropertyName("recordings")]
    public IReadOnlyList<Recording> Recordings { get; init; } = [];

    /// <summary>Where the recordings were paused, the earliest first.</summary>
    [JsonPropertyName("pauses")]
    public IReadOnlyList<CallPause> Pauses { get; init; } = [];

    /// <summary>Nothing of the call is deleted while it is there; null where there is none.</summary>
    [JsonPropertyName("legal_hold")]
    public LegalHold? LegalHold { get; init; }

    /// <summary>What the recordings lack, where that is known; none: nothing.</summary>
    [JsonPropertyName("gaps")]
    public IReadOnlyList<CallGap> Gaps { get; init; } = [];

    /// <summary>The latest of them, the earliest first.</summary>
    [JsonPropertyName("events")]
    public IReadOnlyList<RecordingEvent> Events { get; init; } = [];

    /// <summary>As events_cursor: the events before these; null where there are none.</summary>
    [JsonPropertyName("events_next_cursor")]
    public string? EventsNextCursor { get; init; }

    [JsonPropertyName("provider_ids")]
    public ProviderIds? ProviderIds { get; init; }
}
