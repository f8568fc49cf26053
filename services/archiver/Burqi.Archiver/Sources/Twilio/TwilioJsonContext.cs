using System.Text.Json.Serialization;

namespace Burqi.Archiver.Sources.Twilio;

/// <summary>What the Twilio source writes into a job, names never changing, and what Twilio answers about a recording.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TwilioDetails))]
[JsonSerializable(typeof(TwilioRecordingMetadata))]
internal sealed partial class TwilioJsonContext : JsonSerializerContext;
