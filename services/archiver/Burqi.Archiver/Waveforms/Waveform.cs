using System.Text.Json.Serialization;

namespace Burqi.Archiver.Waveforms;

/// <summary>The outline of a recording's audio. Of a job of step <c>waveform</c> that is done it is the details.</summary>
/// <param name="DurationMs">How long the audio is.</param>
/// <param name="Channels">How many channels it has.</param>
/// <param name="Points">Into how many stretches each is divided.</param>
/// <param name="Peaks">The greatest amplitude of each, one channel after the other: 0 is silence, 255 full scale. Base64 in JSON.</param>
internal sealed record Waveform(
    [property: JsonPropertyName("duration_ms")] long DurationMs,
    [property: JsonPropertyName("channels")] int Channels,
    [property: JsonPropertyName("points")] int Points,
    [property: JsonPropertyName("peaks")] byte[] Peaks);

[JsonSerializable(typeof(Waveform))]
internal sealed partial class WaveformJsonContext : JsonSerializerContext;
