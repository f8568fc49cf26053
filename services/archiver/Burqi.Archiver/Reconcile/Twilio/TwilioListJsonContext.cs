using System.Text.Json.Serialization;

namespace Burqi.Archiver.Reconcile.Twilio;

/// <summary>What Twilio answers when it is asked for lists and calls.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TwilioRecordingPage))]
[JsonSerializable(typeof(TwilioListedRecording))]
[JsonSerializable(typeof(TwilioListedCall))]
internal sealed partial class TwilioListJsonContext : JsonSerializerContext;
