using System.Diagnostics;
using Burqi.Archiver.Jobs;

namespace Burqi.Archiver;

/// <summary>The archiver's traces. Work that a job does later joins the trace of the message that asked for it.</summary>
internal static class ArchiverTelemetry
{
    public const string Name = "Burqi.Archiver";

    private static readonly ActivitySource Source = new(Name);

    public static Activity? StartActivity(string name, ActivityKind kind, ArchiveJob job)
    {
        _ = ActivityContext.TryParse(job.Traceparent, traceState: null, isRemote: true, out var parent);
        var activity = Source.StartActivity(name, kind, parent);
        activity?.SetTag("burqi.recording_id", job.RecordingId.ToString());
        activity?.SetTag("burqi.recording_type", job.RecordingType);
        activity?.SetTag("burqi.attempt", job.Attempts);
        return activity;
    }

    public static Activity? StartReconciliation(Guid id, string provider)
    {
        var activity = Source.StartActivity("reconcile");
        activity?.SetTag("burqi.reconciliation_id", id.ToString());
        activity?.SetTag("burqi.provider", provider);
        return activity;
    }
}
