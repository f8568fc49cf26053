using System.Text.Json.Serialization;
using Burqi.Archiver.Reconcile.Runs;
using Burqi.Contracts.Calls;
using Burqi.Contracts.Recordings;

namespace Burqi.Archiver.Reconcile;

/// <summary>What the tables of reconciliations keep as JSON: progress, and messages until they were announced.</summary>
[JsonSerializable(typeof(ReconciliationProgress))]
[JsonSerializable(typeof(ProviderRecordingReady))]
[JsonSerializable(typeof(RecordingFailed))]
[JsonSerializable(typeof(CallStarted))]
[JsonSerializable(typeof(CallEnded))]
internal sealed partial class ReconcileJsonContext : JsonSerializerContext;
