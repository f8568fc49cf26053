using System.Diagnostics.Metrics;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Queues;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Tests.Queues;

public sealed class DestinationsTests : IDisposable
{
    private const string Host = "media-1:8002";
    private static readonly string Store = Destinations.OfStore("s3");

    private readonly TestMeters _meters = new();
    private readonly ManualClock _clock = new();
    private readonly Destinations _destinations;

    public DestinationsTests() => _destinations = new Destinations(
        Options.Create(new DestinationOptions { MaxPerDestination = 2, Attempts = 3, Break = TimeSpan.FromSeconds(2), LongestBreak = TimeSpan.FromSeconds(5) }),
        Options.Create(new ArchiverOptions { Workers = 5 }),
        _meters,
        _clock,
        NullLogger<Destinations>.Instance);

    public void Dispose() => _meters.Dispose();

    [Fact]
    public void MayVisit_SourceIsBusy_WaitsUntilOneHasEndedAndOthersGoOn()
    {
        var first = Begin(Host);
        _destinations.MayVisit([Host]).ShouldBeTrue();
        Begin(Host);

        _destinations.MayVisit([Host]).ShouldBeFalse();
        _destinations.MayVisit([Host, Store]).ShouldBeFalse();
        _destinations.MayVisit(["media-2:8002", Store]).ShouldBeTrue();
        _destinations.End(first, JobEnd.BrokenOff);
        _destinations.MayVisit([Host]).ShouldBeTrue();
    }

    [Fact]
    public void MayVisit_StoreIsBusy_TakesAsManyAsThereAreWorkers()
    {
        for (var worker = 0; worker < 5; worker++)
        {
            _destinations.MayVisit([Store]).ShouldBeTrue();
            Begin(Store);
        }

        _destinations.MayVisit([Store]).ShouldBeFalse();
    }

    [Fact]
    public void End_FailedTooOften_IsLeftAloneAndThenTriedByOneJobAtATime()
    {
        FailThreeTimes();

        State(Host).ShouldBe(DestinationState.Open);
        _destinations.MayVisit([Host]).ShouldBeFalse();
        _destinations.MayVisit([Store]).ShouldBeTrue();

        _clock.Advance(TimeSpan.FromSeconds(2));
        State(Host).ShouldBe(DestinationState.HalfOpen);
        _destinations.MayVisit([Host]).ShouldBeTrue();
        var probe = Begin(Host);
        _destinations.MayVisit([Host]).ShouldBeFalse();

        _destinations.End(probe, JobEnd.Done);
        State(Host).ShouldBe(DestinationState.Closed);
        _destinations.MayVisit([Host]).ShouldBeTrue();
    }

    [Fact]
    public void End_ProbeFails_IsLeftAloneForLongerEachTimeUpToALimit()
    {
        FailThreeTimes();
        foreach (var seconds in new[] { 2, 4, 5, 5 })
        {
            _clock.Advance(TimeSpan.FromSeconds(seconds - 0.1));
            State(Host).ShouldBe(DestinationState.Open);
            _clock.Advance(TimeSpan.FromSeconds(0.1));
            State(Host).ShouldBe(DestinationState.HalfOpen);
            _destinations.End(Begin(Host), JobEnd.Failed(TransferFailure.SourceUnavailable));
        }
    }

    [Fact]
    public void End_ProbeSaysNothing_TheNextJobTriesAgain()
    {
        FailThreeTimes();
        _clock.Advance(TimeSpan.FromSeconds(2));

        _destinations.End(Begin(Host), JobEnd.BrokenOff);
        State(Host).ShouldBe(DestinationState.HalfOpen);
        _destinations.End(Begin(Host), JobEnd.Failed(TransferFailure.StoreUnavailable));
        State(Host).ShouldBe(DestinationState.HalfOpen);
        _destinations.End(Begin(Host), JobEnd.Failed(TransferFailure.SourceNotReady)); // it answers
        State(Host).ShouldBe(DestinationState.Closed);
    }

    [Fact]
    public void Probe_TakesLongerThanTheLongestBreak_AnotherJobTriesToo()
    {
        FailThreeTimes();
        _clock.Advance(TimeSpan.FromSeconds(2));
        var first = Begin(Host);
        _clock.Advance(TimeSpan.FromSeconds(5));
        _destinations.MayVisit([Host]).ShouldBeFalse();

        _clock.Advance(TimeSpan.FromSeconds(0.1));
        _destinations.MayVisit([Host]).ShouldBeTrue();
        var second = Begin(Host);
        _destinations.MayVisit([Host]).ShouldBeFalse();

        _destinations.End(second, JobEnd.Done);
        State(Host).ShouldBe(DestinationState.Closed);
        _destinations.MayVisit([Host]).ShouldBeTrue();
        _destinations.End(first, JobEnd.Failed(TransferFailure.SourceUnavailable));
        State(Host).ShouldBe(DestinationState.Closed);
    }

    [Theory]
    [InlineData(nameof(TransferFailure.StoreUnavailable), true)]
    [InlineData(nameof(TransferFailure.StoreMismatch), true)]
    [InlineData(nameof(TransferFailure.SourceUnavailable), false)]
    [InlineData(nameof(TransferFailure.SourceNotReady), null)]
    [InlineData(nameof(TransferFailure.SourceRefused), null)]
    [InlineData(nameof(TransferFailure.SourceGone), null)]
    [InlineData(nameof(TransferFailure.ContentMismatch), null)]
    [InlineData(nameof(TransferFailure.Refused), null)]
    [InlineData(nameof(TransferFailure.Unexpected), null)]
    public void End_FailuresOfEveryKind_OnlyWhoIsToBlameIsLeftAlone(string failure, bool? blamesStore)
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            _destinations.End(_destinations.Begin([Host, Store]), JobEnd.Failed(Enum.Parse<TransferFailure>(failure)));
        }

        State(Store).ShouldBe(blamesStore is true ? DestinationState.Open : DestinationState.Closed);
        State(Host).ShouldBe(blamesStore is false ? DestinationState.Open : DestinationState.Closed);
    }

    [Fact]
    public void End_QueueWithoutAName_IsLimitedButNeverLeftAlone()
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            _destinations.End(Begin(""), JobEnd.Failed(TransferFailure.SourceUnavailable));
        }

        State("").ShouldBe(DestinationState.Closed);
        Begin("");
        Begin("");
        _destinations.MayVisit([""]).ShouldBeFalse();
    }

    [Fact]
    public async Task Health_SomethingIsLeftAlone_IsDegradedAndNamesNoHost()
    {
        var check = new DestinationsHealthCheck(_destinations);
        (await CheckAsync()).Status.ShouldBe(HealthStatus.Healthy);
        FailThreeTimes();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            _destinations.End(Begin(Store), JobEnd.Failed(TransferFailure.StoreUnavailable));
        }

        var result = await CheckAsync();
        result.Status.ShouldBe(HealthStatus.Degraded);
        result.Description.ShouldBe("Left alone for failing too often, and tried now and then: store/s3, 1 source; their jobs wait.");

        Task<HealthCheckResult> CheckAsync() => check.CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Gauge_DestinationsInEveryState_SaysTheState()
    {
        FailThreeTimes();
        Begin(Store);

        Gauge().ShouldBe(new Dictionary<string, int> { [Host] = 2, [Store] = 0 });
        _clock.Advance(TimeSpan.FromSeconds(2));
        Gauge().ShouldBe(new Dictionary<string, int> { [Host] = 1, [Store] = 0 });
    }

    [Fact]
    public void Look_IdleAndWell_IsForgotten()
    {
        _destinations.End(Begin(Host), JobEnd.Failed(TransferFailure.SourceUnavailable));
        _destinations.Look().ShouldHaveSingleItem();

        _clock.Advance(TimeSpan.FromMinutes(1));

        _destinations.Look().ShouldBeEmpty();
        _destinations.MayVisit([Host]).ShouldBeTrue();
    }

    private IReadOnlyList<Visit> Begin(string name) => _destinations.Begin([name]);

    private void FailThreeTimes()
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            _destinations.End(Begin(Host), JobEnd.Failed(TransferFailure.SourceUnavailable));
        }
    }

    /// <summary>One that nobody remembers is closed.</summary>
    private DestinationState State(string name) => _destinations.Look().FirstOrDefault(seen => seen.Destination == name).State;

    private Dictionary<string, int> Gauge()
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (_meters.Made.Contains(instrument.Meter) && instrument.Name == "burqi.archiver.breaker.state")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<int>((_, value, tags, _) => seen[(string)tags[0].Value!] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return seen;
    }

    private sealed class ManualClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan by) => _now += by;
    }

    private sealed class TestMeters : IMeterFactory
    {
        public List<Meter> Made { get; } = [];

        public Meter Create(MeterOptions options)
        {
            var meter = new Meter(options);
            Made.Add(meter);
            return meter;
        }

        public void Dispose() => Made.ForEach(meter => meter.Dispose());
    }
}
