using System.Text.Json.Serialization;

namespace Burqi.Catalog.Content;

/// <summary>What the disk store keeps as JSON: an object's metadata.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class ContentJsonContext : JsonSerializerContext;
