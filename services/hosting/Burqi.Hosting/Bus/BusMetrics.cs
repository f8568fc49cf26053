using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Burqi.Hosting.Bus;

/// <summary>Publishing and the watchdog in figures.</summary>
internal sealed class BusMetrics
{
    public const string MeterName = "Burqi.Hosting";

    private readonly Histogram<double> publishDuration;

    public BusMetrics(IMeterFactory meters, PublishLedger ledger, BusState state)
    {
        var meter = meters.Create(MeterName);
        publishDuration = meter.CreateHistogram<double>(
            "burqi.bus.publish.duration",
            unit: "s",
            description: "From publishing a message to the broker's confirmation, or to giving up.");
        meter.CreateObservableGauge(
            "burqi.bus.publish.hanging",
            () => ledger.Hanging,
            unit: "{publish}",
            description: "Publishes that were given up and have still not returned.");
        meter.CreateObservableGauge(
            "burqi.bus.reachable",
            () => state.Report is { Unreachable: null } ? 1 : 0,
            description: "1 while the broker answers over a fresh connection.");
        meter.CreateObservableGauge(
            "burqi.bus.unattended",
            () => state.Report?.Unattended.Count ?? 0,
            unit: "{queue}",
            description: "Queues of this process without a consumer.");
        meter.CreateObservableGauge(
            "burqi.bus.stuck",
            () => state.Stuck is null ? 0 : 1,
            description: "1 from when the bus was found stuck until the process has ended itself.");
    }

    public void Published(string message, PublishOutcome outcome, TimeSpan duration) =>
        publishDuration.Record(duration.TotalSeconds, new TagList { { "message", message }, { "outcome", Name(outcome) } });

    private static string Name(PublishOutcome outcome) => outcome switch
    {
        PublishOutcome.Confirmed => "confirmed",
        PublishOutcome.TimedOut => "timeout",
        PublishOutcome.Cancelled => "cancelled",
        PublishOutcome.WithoutQueue => "no_queue",
        _ => "failed",
    };
}
