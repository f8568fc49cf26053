using System.Diagnostics.Metrics;

namespace Burqi.Catalog.Retention;

/// <summary>The instruments of retention, on the meter <c>Burqi.Catalog</c>. The gauges are of the last sweep, and of the replica that made it.</summary>
internal sealed class RetentionMetrics
{
    private readonly Counter<long> requested;
    private readonly Counter<long> answered;
    private IReadOnlyList<DueTotal> due = [];
    private long failed;

    public RetentionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Burqi.Catalog");
        requested = meter.CreateCounter<long>("burqi.catalog.retention.requested", "{recording}", "Recordings whose deletion or move to another tier was asked for, by action and by whom");
        answered = meter.CreateCounter<long>("burqi.catalog.retention.answered", "{recording}", "Recordings of which the archiver told what came of it, by outcome");
        meter.CreateObservableGauge("burqi.catalog.retention.due", () => Totals(total => total.Recordings), "{recording}", "Recordings to which something is due by their policies, by action");
        meter.CreateObservableGauge("burqi.catalog.retention.due.size", () => Totals(total => total.Bytes), "By", "The size of their objects, by action");
        meter.CreateObservableGauge("burqi.catalog.retention.due.held", () => Totals(total => total.Held), "{recording}", "How many of them a legal hold keeps, by action");
        meter.CreateObservableGauge("burqi.catalog.retention.failed", () => Volatile.Read(ref failed), "{recording}", "Recordings whose deletion was given up");
    }

    public void Requested(string action, string by) =>
        requested.Add(1, new KeyValuePair<string, object?>("action", action), new KeyValuePair<string, object?>("by", by));

    public void Answered(string outcome) => answered.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void Report(IReadOnlyList<DueTotal> totals, long failedDeletions)
    {
        Volatile.Write(ref due, totals);
        Volatile.Write(ref failed, failedDeletions);
    }

    private IEnumerable<Measurement<long>> Totals(Func<DueTotal, long> value) =>
        Volatile.Read(ref due).Select(total => new Measurement<long>(value(total), new KeyValuePair<string, object?>("action", total.Action)));
}

/// <summary>How much is due of one action.</summary>
internal sealed record DueTotal(string Action, long Recordings, long Bytes, long Held);
