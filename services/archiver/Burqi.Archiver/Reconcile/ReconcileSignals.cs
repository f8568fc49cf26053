using Burqi.Archiver.Jobs;

namespace Burqi.Archiver.Reconcile;

/// <summary>Tells this process's own loops that there is a run to take up, or something to announce.</summary>
internal sealed class ReconcileSignals
{
    public JobSignal Runs { get; } = new();

    public JobSignal Announcements { get; } = new();
}
