using System.Text.Json.Serialization;
using Burqi.Catalog.Access.Keys;
using Burqi.Catalog.Access.Sessions;
using Burqi.Catalog.Assistants;
using Burqi.Catalog.Audit.Seals;
using Burqi.Catalog.Calls;
using Burqi.Catalog.Calls.Export;
using Burqi.Catalog.Calls.Get;
using Burqi.Catalog.Controls;
using Burqi.Catalog.Dialling;
using Burqi.Catalog.Lists;
using Burqi.Catalog.Operations;
using Burqi.Catalog.Recordings;
using Burqi.Catalog.Recordings.Share;
using Burqi.Catalog.Recordings.Waveforms;
using Burqi.Catalog.Retention.Delete;
using Burqi.Catalog.Retention.Hold;
using Burqi.Catalog.Retention.Plan;
using Burqi.Catalog.Retention.Policies;
using Burqi.Catalog.Usage;

namespace Burqi.Catalog;

/// <summary>The API's JSON. Names stand on the properties: they are the columns', whatever naming a host may set.</summary>
[JsonSerializable(typeof(Page<Call>))]
[JsonSerializable(typeof(CallDetails))]
[JsonSerializable(typeof(ExportManifest))]
[JsonSerializable(typeof(ControlResult))]
[JsonSerializable(typeof(Page<Recording>))]
[JsonSerializable(typeof(Recording))]
[JsonSerializable(typeof(Waveform))]
[JsonSerializable(typeof(Page<Assistant>))]
[JsonSerializable(typeof(Assistant))]
[JsonSerializable(typeof(AssistantContent))]
[JsonSerializable(typeof(RecordingSettings))]
[JsonSerializable(typeof(UsageReport))]
[JsonSerializable(typeof(Dictionary<string, RetentionPeriods>))]
[JsonSerializable(typeof(RetentionReport))]
[JsonSerializable(typeof(RequestedDeletion))]
[JsonSerializable(typeof(LegalHold))]
[JsonSerializable(typeof(LegalHoldContent))]
[JsonSerializable(typeof(OperationsReport))]
[JsonSerializable(typeof(DiallingToken))]
[JsonSerializable(typeof(Page<AuditEvent>))]
[JsonSerializable(typeof(AuditHead))]
[JsonSerializable(typeof(AuditVerification))]
[JsonSerializable(typeof(ShareLink))]
[JsonSerializable(typeof(ShareLinks))]
[JsonSerializable(typeof(ShareLinkContent))]
[JsonSerializable(typeof(SharedRecording))]
[JsonSerializable(typeof(Page<ApiKey>))]
[JsonSerializable(typeof(ApiKey))]
[JsonSerializable(typeof(NewApiKey))]
[JsonSerializable(typeof(ApiKeyContent))]
[JsonSerializable(typeof(KeyRotation))]
[JsonSerializable(typeof(SessionKey))]
[JsonSerializable(typeof(SessionView))]
[JsonSerializable(typeof(SessionCaller))]
internal sealed partial class CatalogJsonContext : JsonSerializerContext;
