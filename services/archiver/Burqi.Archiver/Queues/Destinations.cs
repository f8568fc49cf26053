using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;

namespace Burqi.Archiver.Queues;

/// <summary>
/// What this process knows of the hosts and stores that its jobs depend on: how many workers are busy with each, and whether it fails so often that
/// it is left alone. The jobs of one that is left alone are not taken up at all, which costs them no attempt and nobody any work; now and then one
/// of them tries it.
/// </summary>
internal sealed partial class Destinations
{
    private const string StorePrefix = "store/";
    private const double FailureRatio = 0.5;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Destination> _known = new(StringComparer.Ordinal);
    private readonly DestinationOptions _options;
    private readonly int _workers;
    private readonly TimeProvider _clock;
    private readonly ILogger<Destinations> _logger;

    public Destinations(
        IOptions<DestinationOptions> options, IOptions<ArchiverOptions> archiver, IMeterFactory meters, TimeProvider clock, ILogger<Destinations> logger)
    {
        (_options, _workers, _clock, _logger) = (options.Value, archiver.Value.Workers, clock, logger);
        meters.Create(ArchiverTelemetry.Name).CreateObservableGauge(
            "burqi.archiver.breaker.state",
            () => Look().Select(seen => new Measurement<int>((int)seen.State, new KeyValuePair<string, object?>("destination", seen.Destination))),
            "{state}",
            "Whether jobs go to a destination (0), it is left alone (2), or one job tries it (1)");
    }

    /// <summary>The name of a store as a destination.</summary>
    public static string OfStore(string store) => StorePrefix + store;

    public static bool IsStore(string destination) => destination.StartsWith(StorePrefix, StringComparison.Ordinal);

    /// <summary>The store that a destination is; null for another.</summary>
    public static string? StoreIn(string destination) => IsStore(destination) ? destination[StorePrefix.Length..] : null;

    /// <summary>Whether a job that depends on all of these may begin.</summary>
    public bool MayVisit(IEnumerable<string> destinations)
    {
        lock (_lock)
        {
            return destinations.All(name => !_known.TryGetValue(name, out var known) || MayVisit(name, known));
        }
    }

    /// <summary>A job begins.</summary>
    public IReadOnlyList<Visit> Begin(IEnumerable<string> destinations)
    {
        lock (_lock)
        {
            return [.. destinations.Select(Begin)];
        }
    }

    /// <summary>The job has ended.</summary>
    public void End(IEnumerable<Visit> visits, JobEnd end)
    {
        lock (_lock)
        {
            foreach (var visit in visits)
            {
                // A queue without a name is of many things: what one of them does says nothing about the others.
                End(visit, visit.Destination.Length == 0 ? null : end.Speaks(IsStore(visit.Destination)));
            }
        }
    }

    /// <summary>All that are in use or failed lately.</summary>
    public IReadOnlyList<(string Destination, DestinationState State)> Look()
    {
        lock (_lock)
        {
            foreach (var (name, _) in _known.Where(known => IsForgotten(known.Value)).ToList())
            {
                _known.Remove(name);
            }

            return [.. _known.Select(known => (known.Key, StateOf(known.Value)))];
        }
    }

    private bool MayVisit(string name, Destination known) => StateOf(known) switch
    {
        DestinationState.Closed => known.Visits < (IsStore(name) ? _workers : _options.MaxPerDestination),
        // One that takes so long, such as a recording of many hours, is not all that is waited for.
        DestinationState.HalfOpen => known.Probes == 0 || _clock.GetUtcNow() - known.LastProbe > _options.LongestBreak,
        _ => false,
    };

    private Visit Begin(string name)
    {
        if (!_known.TryGetValue(name, out var known))
        {
            _known[name] = known = Create(name);
        }

        var isProbe = StateOf(known) != DestinationState.Closed;
        known.Visits++;
        if (isProbe)
        {
            known.Probes++;
            known.LastProbe = _clock.GetUtcNow();
        }

        return new Visit(name, isProbe);
    }

    private void End(Visit visit, bool? succeeded)
    {
        var known = _known[visit.Destination];
        known.Visits--;
        known.Probes -= visit.IsProbe ? 1 : 0;
        if (succeeded is not { } success)
        {
            return;
        }

        known.LastFailure = success ? known.LastFailure : _clock.GetUtcNow();
        try
        {
            known.Breaker.Execute(static outcome => outcome, success);
        }
        catch (BrokenCircuitException)
        {
            // It was broken while this job was on its way: what that says is known already.
        }
    }

    private DestinationState StateOf(Destination known) => known.State.CircuitState == CircuitState.Closed ? DestinationState.Closed
        : _clock.GetUtcNow() < known.OpenUntil ? DestinationState.Open
        : DestinationState.HalfOpen;

    private bool IsForgotten(Destination known) =>
        known.Visits == 0 && StateOf(known) == DestinationState.Closed && !(_clock.GetUtcNow() - known.LastFailure < _options.Sampling);

    /// <summary>The breaker is told of what happened elsewhere: jobs are not run inside it, since it has no word for one that says nothing about it.</summary>
    private Destination Create(string name)
    {
        var state = new CircuitBreakerStateProvider();
        var known = new Destination { State = state };
        known.Breaker = new ResiliencePipelineBuilder<bool> { TimeProvider = _clock }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<bool>
            {
                ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome.Result is false),
                FailureRatio = FailureRatio,
                MinimumThroughput = _options.Attempts,
                SamplingDuration = _options.Sampling,
                BreakDurationGenerator = arguments => ValueTask.FromResult(BreakAfter(arguments.HalfOpenAttempts)),
                StateProvider = state,
                OnOpened = arguments =>
                {
                    known.OpenUntil = _clock.GetUtcNow() + arguments.BreakDuration;
                    Log.Opened(_logger, name, arguments.BreakDuration.TotalSeconds);
                    return default;
                },
                OnClosed = _ =>
                {
                    Log.Closed(_logger, name);
                    return default;
                },
            })
            .Build();
        return known;
    }

    private TimeSpan BreakAfter(int failedProbes)
    {
        var wait = _options.Break * Math.Pow(2, Math.Min(failedProbes, 20));
        return wait < _options.LongestBreak ? wait : _options.LongestBreak;
    }

    private sealed class Destination
    {
        public ResiliencePipeline<bool> Breaker { get; set; } = ResiliencePipeline<bool>.Empty;

        public required CircuitBreakerStateProvider State { get; init; }

        public DateTimeOffset OpenUntil { get; set; }

        public DateTimeOffset? LastFailure { get; set; }

        public int Visits { get; set; }

        public int Probes { get; set; }

        public DateTimeOffset LastProbe { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(4260, LogLevel.Warning, "{Destination} has failed too often and is left alone for {BreakSeconds} s: its jobs wait without losing attempts")]
        public static partial void Opened(ILogger logger, string destination, double breakSeconds);

        [LoggerMessage(4261, LogLevel.Information, "{Destination} is back: its jobs are taken up again")]
        public static partial void Closed(ILogger logger, string destination);
    }
}
