using System.Text.Json.Serialization;
using Burqi.Archiver.Sources.MediaNode;
using Burqi.Archiver.Sources.StoredChannel;

namespace Burqi.Archiver.Sources;

/// <summary>The descriptions that sources write into a job and read back, perhaps in a later version: names never change.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(MediaNodeDetails))]
[JsonSerializable(typeof(StoredChannelDetails))]
internal sealed partial class SourceJsonContext : JsonSerializerContext;
