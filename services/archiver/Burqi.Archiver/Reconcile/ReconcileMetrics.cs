using System.Diagnostics.Metrics;

namespace Burqi.Archiver.Reconcile;

/// <summary>What is counted of reconciliations.</summary>
internal sealed class ReconcileMetrics
{
    private readonly Counter<long> _runs;
    private readonly Counter<long> _listed;
    private readonly Counter<long> _missing;
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _duration;

    public ReconcileMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(ArchiverTelemetry.Name);
        _runs = meter.CreateCounter<long>("burqi.archiver.reconcile.runs", "{run}", "Reconciliations that ended, by how");
        _listed = meter.CreateCounter<long>("burqi.archiver.reconcile.listed", "{recording}", "Recordings that providers listed");
        _missing = meter.CreateCounter<long>("burqi.archiver.reconcile.missing", "{recording}", "Recordings that had never reached us, by status");
        _failures = meter.CreateCounter<long>("burqi.archiver.reconcile.accounts.failed", "{account}", "Accounts whose list could not be read to its end");
        _duration = meter.CreateHistogram<double>("burqi.archiver.reconcile.duration", "s", "How long a reconciliation took");
    }

    public void Listed(int count, string provider) => _listed.Add(count, new KeyValuePair<string, object?>("provider", provider));

    public void Missing(string provider, string status) => _missing.Add(1, new("provider", provider), new("status", status));

    public void AccountFailed(string provider) => _failures.Add(1, new KeyValuePair<string, object?>("provider", provider));

    public void Ended(TimeSpan duration, string provider, string requestedBy, string status)
    {
        _runs.Add(1, new("provider", provider), new("requested_by", requestedBy), new("status", status));
        _duration.Record(duration.TotalSeconds, new("provider", provider), new("status", status));
    }
}
