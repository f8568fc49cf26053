using System.Text.Json.Serialization;

namespace Burqi.Archiver.Sources.LiveKit;

/// <summary>What the LiveKit source writes into a job; names never change.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LiveKitDetails))]
internal sealed partial class LiveKitJsonContext : JsonSerializerContext;
