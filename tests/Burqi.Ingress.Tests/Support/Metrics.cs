using System.Diagnostics.Metrics;

namespace Burqi.Ingress.Tests.Support;

/// <summary>Adds up what one host's counters measured.</summary>
internal sealed class Metrics : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<(string Name, double Value, string Tags)> _measurements = [];
    private readonly MeterListener _listener = new();

    public Metrics(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Other tests' hosts have a meter of the same name.
            if (ReferenceEquals(instrument.Meter, meter))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public double Sum(string name, params string[] tags)
    {
        lock (_lock)
        {
            return _measurements.Where(m => m.Name == name && tags.All(m.Tags.Contains)).Sum(m => m.Value);
        }
    }

    public double Gauge(string name)
    {
        _listener.RecordObservableInstruments();
        lock (_lock)
        {
            return _measurements.Last(m => m.Name == name).Value;
        }
    }

    public int Count(string name)
    {
        lock (_lock)
        {
            return _measurements.Count(m => m.Name == name);
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
        lock (_lock)
        {
            _measurements.Add((instrument.Name, value, text));
        }
    }
}
