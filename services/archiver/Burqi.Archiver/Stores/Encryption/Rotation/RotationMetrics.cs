using System.Diagnostics.Metrics;

namespace Burqi.Archiver.Stores.Encryption.Rotation;

/// <summary>What is counted of rotations.</summary>
internal sealed class RotationMetrics
{
    private readonly Counter<long> _rewrapped;
    private readonly Counter<long> _failures;

    public RotationMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(ArchiverTelemetry.Name);
        _rewrapped = meter.CreateCounter<long>("burqi.archiver.encryption.rewrapped", "{object}", "Objects whose key was wrapped anew");
        _failures = meter.CreateCounter<long>("burqi.archiver.encryption.failures", "{object}", "Objects that stayed under their old key when it was tried");
    }

    public void Rewrapped(string store) => _rewrapped.Add(1, new KeyValuePair<string, object?>("store", store));

    public void NotRewrapped(string store) => _failures.Add(1, new KeyValuePair<string, object?>("store", store));
}
