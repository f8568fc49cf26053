using System.Text.Json.Serialization;

namespace Burqi.Catalog.Recordings.Waveforms;

/// <summary>The outline of a recording as the API shows it.</summary>
internal sealed record Waveform
{
    [JsonPropertyName("recording_id")]
    public required Guid RecordingId { get; init; }

    [JsonPropertyName("duration_ms")]
    public required long DurationMs { get; init; }

    [JsonPropertyName("channels")]
    public required int Channels { get; init; }

    [JsonPropertyName("points")]
    public required int Points { get; init; }

    [JsonPropertyName("peaks")]
    public required IReadOnlyList<int[]> Peaks { get; init; }
}

/// <summary>A row of <c>catalog.waveforms</c>.</summary>
internal sealed record StoredWaveform
{
    public required string Sha256 { get; init; }

    public required long DurationMs { get; init; }

    public required int Channels { get; init; }

    public required int Points { get; init; }

    public required byte[] Peaks { get; init; }

    /// <summary>As the waveform of a recording.</summary>
    public Waveform Of(Guid recordingId) => new()
    {
        RecordingId = recordingId,
        DurationMs = DurationMs,
        Channels = Channels,
        Points = Points,
        Peaks = [.. Peaks.Chunk(Points).Select(channel => Array.ConvertAll(channel, peak => (int)peak))],
    };
}
