using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Burqi.Contracts.Recordings;

namespace Burqi.Media.Control;

/// <summary>A call of whose recordings something was asked, and the form of its file.</summary>
internal sealed record ControlledCall
{
    public required string Provider { get; init; }

    public required string CallId { get; init; }

    /// <summary>When something was last asked (UTC), by this node's clock.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>What was asked, the latest request last; only so many of them.</summary>
    public required ImmutableArray<TakenControl> Controls { get; init; }

    [JsonIgnore]
    public RecordingState State => Controls[^1].Action switch
    {
        RecordingControls.Pause => RecordingState.Paused,
        RecordingControls.Stop => RecordingState.Stopped,
        _ => RecordingState.Recorded,
    };
}

/// <summary>One request.</summary>
internal sealed record TakenControl
{
    public required Guid ControlId { get; init; }

    public required string Action { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    /// <summary>What this node has to say to it; null where it has no recording of the call.</summary>
    public RecordingControlAnswered? Answer { get; init; }

    /// <summary>Whether the bus has confirmed the answer.</summary>
    public bool Told { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ControlledCall))]
internal sealed partial class ControlJsonContext : JsonSerializerContext;
