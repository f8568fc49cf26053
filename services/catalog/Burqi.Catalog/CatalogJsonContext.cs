using System.Text.Json.Serialization;
using Burqi.Catalog.Assistants;
using Burqi.Catalog.Calls;
using Burqi.Catalog.Calls.Get;
using Burqi.Catalog.Controls;
using Burqi.Catalog.Lists;
using Burqi.Catalog.Recordings;
using Burqi.Catalog.Usage;

namespace Burqi.Catalog;

/// <summary>The API's JSON. Names stand on the properties: they are the columns', whatever naming a host may set.</summary>
[JsonSerializable(typeof(Page<Call>))]
[JsonSerializable(typeof(CallDetails))]
[JsonSerializable(typeof(ControlResult))]
[JsonSerializable(typeof(Page<Recording>))]
[JsonSerializable(typeof(Recording))]
[JsonSerializable(typeof(Page<Assistant>))]
[JsonSerializable(typeof(Assistant))]
[JsonSerializable(typeof(AssistantContent))]
[JsonSerializable(typeof(RecordingSettings))]
[JsonSerializable(typeof(UsageReport))]
internal sealed partial class CatalogJsonContext : JsonSerializerContext;
