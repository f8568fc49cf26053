using System.Diagnostics.Metrics;

namespace Burqi.Archiver.Stores.Sweep;

/// <summary>What is counted of the sweeps.</summary>
internal sealed class SweepMetrics
{
    private readonly Counter<long> _swept;

    public SweepMetrics(IMeterFactory meters) => _swept = meters.Create(ArchiverTelemetry.Name).CreateCounter<long>(
        "burqi.archiver.orphans.swept", "{upload}", "Remains of uploads that nobody finished, removed from a store");

    public void Swept(int count, string store) => _swept.Add(count, new KeyValuePair<string, object?>("store", store));
}
