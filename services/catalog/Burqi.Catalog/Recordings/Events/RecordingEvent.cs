using System.Text.Json;
using System.Text.Json.Serialization;

namespace Burqi.Catalog.Recordings.Events;

/// <summary>A row of <c>catalog.recording_events</c> as a call's detail shows it.</summary>
internal sealed record RecordingEvent
{
    /// <summary>The columns under the properties' names.</summary>
    public const string Columns = "id as Number, at as At, event as Event, recording_id as RecordingId, actor as Actor, details as DetailsText";

    /// <summary>Its place in the order. It is the cursor's business only.</summary>
    [JsonIgnore]
    public long Number { get; init; }

    [JsonPropertyName("at")]
    public required DateTime At { get; init; }

    [JsonPropertyName("event")]
    public required string Event { get; init; }

    /// <summary>The recording it is about; null where it is about the call.</summary>
    [JsonPropertyName("recording_id")]
    public required Guid? RecordingId { get; init; }

    /// <summary>Who asked for it; null where nobody did and it came about by itself.</summary>
    [JsonPropertyName("actor")]
    public required string? Actor { get; init; }

    [JsonPropertyName("details")]
    public JsonElement Details => JsonElement.Parse(DetailsText);

    [JsonIgnore]
    public string DetailsText { get; init; } = "{}";
}
