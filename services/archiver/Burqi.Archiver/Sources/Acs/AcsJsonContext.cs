using System.Text.Json.Serialization;

namespace Burqi.Archiver.Sources.Acs;

/// <summary>What the ACS sources write into a job; names never change.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AcsDetails))]
internal sealed partial class AcsJsonContext : JsonSerializerContext;
