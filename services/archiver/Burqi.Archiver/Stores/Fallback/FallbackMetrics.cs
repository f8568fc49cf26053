using System.Diagnostics.Metrics;

namespace Burqi.Archiver.Stores.Fallback;

/// <summary>What the fallback is used for.</summary>
internal sealed class FallbackMetrics
{
    private readonly Counter<long> _moved;

    public FallbackMetrics(IMeterFactory meters, RecordingStores stores, StoreChoice choice)
    {
        var meter = meters.Create(ArchiverTelemetry.Name);
        _moved = meter.CreateCounter<long>("burqi.archiver.fallback.moved", "{recording}", "Recordings moved from the fallback to the store they belong in");
        if (stores.Fallback is not null)
        {
            meter.CreateObservableGauge(
                "burqi.archiver.fallback.active", () => choice.ForNew == stores.Primary ? 0 : 1, "{state}", "Whether recordings go to the fallback (1)");
        }
    }

    public void Moved() => _moved.Add(1);
}
