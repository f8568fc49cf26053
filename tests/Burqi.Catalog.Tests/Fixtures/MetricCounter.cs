using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Burqi.Catalog.Tests.Fixtures;

/// <summary>Adds up one counter of one host, from now on.</summary>
internal sealed class MetricCounter : IDisposable
{
    private readonly MeterListener listener = new();
    private long total;

    public MetricCounter(string instrument, IServiceProvider services, params (string Key, string Value)[] tags)
    {
        var scope = services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (published, self) =>
        {
            if (published.Name == instrument && ReferenceEquals(published.Meter.Scope, scope))
            {
                self.EnableMeasurementEvents(published);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, given, _) =>
        {
            foreach (var (key, expected) in tags)
            {
                if (!given.ToArray().Contains(new KeyValuePair<string, object?>(key, expected)))
                {
                    return;
                }
            }

            Interlocked.Add(ref total, value);
        });
        listener.Start();
    }

    public long Total => Interlocked.Read(ref total);

    public void Dispose() => listener.Dispose();
}
