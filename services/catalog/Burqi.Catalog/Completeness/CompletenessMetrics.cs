using System.Diagnostics.Metrics;

namespace Burqi.Catalog.Completeness;

/// <summary>The instruments of completeness, on the meter <c>Burqi.Catalog</c>. The gauges are the same from every replica.</summary>
internal sealed class CompletenessMetrics
{
    private readonly Counter<long> looks;
    private readonly Counter<long> alarms;
    private readonly Counter<long> cleared;
    private OpenAlarms? open;

    public CompletenessMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Burqi.Catalog");
        looks = meter.CreateCounter<long>("burqi.catalog.completeness.looks", "{call}", "Calls looked at for what is missing of their recordings");
        alarms = meter.CreateCounter<long>("burqi.catalog.completeness.alarms", "{call}", "Calls found missing or incomplete, again where the reason changed, by state");
        cleared = meter.CreateCounter<long>("burqi.catalog.completeness.cleared", "{call}", "Calls whose missing recording arrived after all");
        meter.CreateObservableGauge("burqi.catalog.completeness.open", CountOpen, "{call}", "Calls that are missing or incomplete as of now, by state");
        meter.CreateObservableGauge("burqi.catalog.completeness.behind", Behind, "s", "How long the call that is due the longest has been waiting to be looked at");
    }

    public void Looked(int calls) => looks.Add(calls);

    public void Told(string state)
    {
        if (CompletenessStates.IsAlarm(state))
        {
            alarms.Add(1, new KeyValuePair<string, object?>("state", state));
        }
        else
        {
            cleared.Add(1);
        }
    }

    public void Report(OpenAlarms counted) => Volatile.Write(ref open, counted);

    private IEnumerable<Measurement<long>> CountOpen() => Volatile.Read(ref open) is not { } counted
        ? []
        :
        [
            new(counted.Missing, new KeyValuePair<string, object?>("state", CompletenessStates.Missing)),
            new(counted.Incomplete, new KeyValuePair<string, object?>("state", CompletenessStates.Incomplete)),
        ];

    private IEnumerable<Measurement<double>> Behind() => Volatile.Read(ref open) is { } counted ? [new((double)counted.BehindSeconds)] : [];
}
