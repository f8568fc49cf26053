using System.Text.Json;
using System.Text.Json.Serialization;

namespace Burqi.Archiver.Sources.Twilio;

/// <summary>What we need of Twilio's metadata of a recording.</summary>
/// <param name="Status">in-progress, paused, stopped, processing, completed, absent, deleted or failed.</param>
/// <param name="MediaUrl">Where the audio lies: at Twilio, or in the account's own bucket when external storage is on.</param>
/// <param name="Duration">Its length in s, which Twilio writes as text; null, or less than 0, while it is not known.</param>
/// <param name="Channels">How many channels it has.</param>
/// <param name="EncryptionDetails">With what it is encrypted; null where it is not.</param>
internal sealed record TwilioRecordingMetadata(
    string? Status,
    string? MediaUrl,
    [property: JsonNumberHandling(JsonNumberHandling.AllowReadingFromString)] long? Duration,
    int? Channels,
    JsonElement? EncryptionDetails)
{
    private const long LongestRecording = 7 * 24 * 3600;

    /// <summary>Its length in ms; null where Twilio does not know it, or tells nonsense.</summary>
    public long? DurationMs => Duration is >= 0 and <= LongestRecording ? Duration * 1000 : null;
}
