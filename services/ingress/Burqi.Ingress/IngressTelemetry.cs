using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Burqi.Ingress;

/// <summary>Ingress's traces and metrics, all named <c>Burqi.Ingress</c>.</summary>
internal sealed class IngressTelemetry
{
    public const string Name = "Burqi.Ingress";

    public static readonly ActivitySource Traces = new(Name);

    private readonly Counter<long> _webhooks;
    private readonly Counter<long> _forged;
    private readonly Counter<long> _streamEvents;
    private readonly Counter<long> _recordingStatuses;
    private readonly Counter<long> _twimlLeftOut;
    private readonly Counter<long> _spooled;
    private readonly Counter<long> _setAside;
    private readonly Histogram<double> _publishDuration;

    public IngressTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        Meter = meter;
        _webhooks = meter.CreateCounter<long>("burqi.ingress.webhooks", "{webhook}", "Webhooks received, by kind and outcome.");
        _forged = meter.CreateCounter<long>("burqi.ingress.webhooks.forged", "{webhook}", "Webhooks refused because their sender is not the provider.");
        _streamEvents = meter.CreateCounter<long>("burqi.ingress.stream_events", "{event}", "Media stream lifecycle events told by the provider.");
        _recordingStatuses = meter.CreateCounter<long>("burqi.ingress.recording_statuses", "{status}", "What the provider told of its own recordings, by status.");
        _twimlLeftOut = meter.CreateCounter<long>("burqi.ingress.twiml.left_out", "{part}", "Parts of answers to calls that could not be made, by part.");
        _spooled = meter.CreateCounter<long>("burqi.ingress.spool.written", "{event}", "Events kept on disk because the bus did not confirm them.");
        _setAside = meter.CreateCounter<long>("burqi.ingress.spool.set_aside", "{event}", "Spool files that could not be read and were set aside.");
        _publishDuration = meter.CreateHistogram<double>("burqi.ingress.publish.duration", "s", "How long the bus took over a publish, by outcome.");
    }

    public Meter Meter { get; }

    public void WebhookAnswered(string kind, string outcome) =>
        _webhooks.Add(1, new KeyValuePair<string, object?>("kind", kind), new KeyValuePair<string, object?>("outcome", outcome));

    public void WebhookForged(string kind, string reason) =>
        _forged.Add(1, new KeyValuePair<string, object?>("kind", kind), new KeyValuePair<string, object?>("reason", reason));

    public void StreamEvent(string name) => _streamEvents.Add(1, new KeyValuePair<string, object?>("event", name));

    public void RecordingStatus(string status) => _recordingStatuses.Add(1, new KeyValuePair<string, object?>("status", status));

    public void TwimlLeftOut(string part) => _twimlLeftOut.Add(1, new KeyValuePair<string, object?>("part", part));

    public void Spooled(string type) => _spooled.Add(1, new KeyValuePair<string, object?>("type", type));

    public void SetAside() => _setAside.Add(1);

    public void Published(TimeSpan duration, bool confirmed) =>
        _publishDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("outcome", confirmed ? "confirmed" : "failed"));
}
