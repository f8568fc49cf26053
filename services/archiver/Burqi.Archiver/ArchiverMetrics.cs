using System.Diagnostics.Metrics;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;

namespace Burqi.Archiver;

/// <summary>What the archiver counts. Names and units follow OpenTelemetry's conventions; times are seconds.</summary>
internal sealed class ArchiverMetrics
{
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _completed;
    private readonly Counter<long> _dead;
    private readonly Counter<long> _retries;
    private readonly Counter<long> _verificationFailures;
    private readonly Counter<long> _storedBytes;
    private readonly Counter<long> _refusedRequests;
    private readonly Counter<long> _deletedAtProvider;
    private JobCensus? _census;

    public ArchiverMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(ArchiverTelemetry.Name);
        _bytes = meter.CreateCounter<long>("burqi.archiver.transfer.bytes", "By", "Bytes brought from a source to a store");
        _duration = meter.CreateHistogram<double>("burqi.archiver.transfer.duration", "s", "How long an attempt took, verification included");
        _failures = meter.CreateCounter<long>("burqi.archiver.transfer.failures", "{attempt}", "Attempts that failed, by reason");
        _completed = meter.CreateCounter<long>("burqi.archiver.jobs.completed", "{job}", "Recordings archived and verified");
        _dead = meter.CreateCounter<long>("burqi.archiver.jobs.given_up", "{job}", "Recordings given up, by reason");
        _retries = meter.CreateCounter<long>("burqi.archiver.jobs.retries", "{attempt}", "Attempts that failed and are repeated, by step and reason");
        _verificationFailures = meter.CreateCounter<long>("burqi.archiver.verification.failures", "{object}", "Objects that a store gave back other than it was given");
        _storedBytes = meter.CreateCounter<long>("burqi.archiver.stored.bytes", "By", "Bytes stored and verified");
        _refusedRequests = meter.CreateCounter<long>("burqi.archiver.requests.refused", "{request}", "Requests without a valid API key");
        _deletedAtProvider = meter.CreateCounter<long>("burqi.archiver.provider_copies.deleted", "{recording}", "Copies deleted at the provider, ours verified once more");
        meter.CreateObservableGauge("burqi.archiver.jobs", CountJobs, "{job}", "Unfinished and dead jobs, by state");
        meter.CreateObservableGauge("burqi.archiver.jobs.oldest_waiting", OldestWaiting, "s", "How long the longest due job has been waiting");
    }

    public void Transferred(int bytes, string source, string store) => _bytes.Add(bytes, new("source", source), new("store", store));

    /// <summary>An attempt ended; <paramref name="failure"/> is null when the recording is in the store.</summary>
    public void Finished(TimeSpan duration, string source, string? store, TransferFailure? failure)
    {
        _duration.Record(
            duration.TotalSeconds,
            new("source", source),
            new("store", store),
            new("outcome", failure is null ? "archived" : "failed"));
        if (failure is { } reason)
        {
            _failures.Add(1, new("source", source), new("reason", reason.ToString()));
        }
    }

    public void RequestRefused() => _refusedRequests.Add(1);

    public void Completed(TransferResult result)
    {
        _completed.Add(1);
        _storedBytes.Add(result.FileSize, new KeyValuePair<string, object?>("store", result.Store));
    }

    public void Retried(string step, TransferFailure reason) => _retries.Add(1, new("step", step), new("reason", reason.ToString()));

    public void VerificationFailed(string? store) => _verificationFailures.Add(1, new KeyValuePair<string, object?>("store", store));

    public void DeletedAtProvider() => _deletedAtProvider.Add(1);

    public void Died(TransferFailure reason) => _dead.Add(1, new KeyValuePair<string, object?>("reason", reason.ToString()));

    /// <summary>The table's newest count, for the gauges.</summary>
    public void Report(JobCensus census) => Volatile.Write(ref _census, census);

    private IEnumerable<Measurement<long>> CountJobs() => Volatile.Read(ref _census) is not { } census
        ? []
        :
        [
            new(census.Waiting, new KeyValuePair<string, object?>("state", JobStatuses.Waiting)),
            new(census.Running, new KeyValuePair<string, object?>("state", JobStatuses.Running)),
            new(census.Dead, new KeyValuePair<string, object?>("state", JobStatuses.Dead)),
        ];

    private IEnumerable<Measurement<double>> OldestWaiting() =>
        Volatile.Read(ref _census) is { } census ? [new(census.OldestWaitingSeconds)] : [];
}
