using Burqi.Hosting.Bus;
using Burqi.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace Burqi.Hosting.Tests.Bus;

public sealed class BusWatchdogTests : IDisposable
{
    private readonly SetProbe probe = new();
    private readonly End end = new();
    private readonly PublishLedger ledger;
    private readonly BusState state;
    private readonly BusWatchdog watchdog;

    public BusWatchdogTests()
    {
        var options = BusOptions.Read(new ConfigurationBuilder()
            .AddInMemoryCollection([new(BusOptions.ProbeIntervalName, "0.1"), new(BusOptions.PatienceName, "1.5")])
            .Build());
        var looks = new LookRequests();
        ledger = new PublishLedger(looks, TimeProvider.System);
        state = new BusState(ledger, options, TimeProvider.System);
        watchdog = new BusWatchdog(probe, state, looks, options, end, TimeProvider.System, NullLogger<BusWatchdog>.Instance);
    }

    public void Dispose() => watchdog.Dispose();

    [Fact]
    public async Task Watch_QueueStaysWithoutConsumer_EndsTheProcessNamingIt()
    {
        probe.Unattended = ["catalog-call-started"];

        await watchdog.StartAsync(CancellationToken.None);

        await Eventually.BecomesTrueAsync(() => end.Reason is not null);
        end.Reason.ShouldNotBeNull().ShouldStartWith("no consumer of ours has been attached to catalog-call-started for");
        state.Stuck.ShouldBe(end.Reason);
    }

    [Fact]
    public async Task Watch_PublishNeverReturns_EndsTheProcessNamingTheMessage()
    {
        var never = new TaskCompletionSource();
        ledger.Failed("CallStarted");
        ledger.Abandon("CallStarted", never.Task);

        await watchdog.StartAsync(CancellationToken.None);

        await Eventually.BecomesTrueAsync(() => end.Reason is not null);
        end.Reason.ShouldNotBeNull().ShouldStartWith("1 publish(es) of CallStarted have not returned for");
    }

    [Fact]
    public async Task Watch_EveryPublishFailsWhileBrokerAnswers_EndsTheProcess()
    {
        await watchdog.StartAsync(CancellationToken.None);

        await Eventually.BecomesTrueAsync(() =>
        {
            ledger.Failed("CallStarted");
            return end.Reason is not null;
        });

        end.Reason.ShouldNotBeNull().ShouldStartWith("no publish of CallStarted was confirmed for");
    }

    [Fact]
    public async Task Watch_BrokerIsAwayTheWholeTime_LeavesTheProcessAlone()
    {
        probe.Unreachable = "does not answer";
        probe.Unattended = ["catalog-call-started"];
        ledger.Abandon("CallStarted", new TaskCompletionSource().Task);

        await watchdog.StartAsync(CancellationToken.None);

        // Three times the patience.
        await Eventually.BecomesTrueAsync(() => probe.Looks >= 12 && probe.Lasted > TimeSpan.FromSeconds(4.5));
        end.Reason.ShouldBeNull();
        state.Stuck.ShouldBeNull();
    }

    [Fact]
    public async Task Watch_LaterPublishIsConfirmed_LeavesTheProcessAlone()
    {
        ledger.Abandon("CallStarted", new TaskCompletionSource().Task);
        ledger.Confirmed("CallStarted");

        await watchdog.StartAsync(CancellationToken.None);

        await Eventually.BecomesTrueAsync(() => probe.Looks >= 8 && probe.Lasted > TimeSpan.FromSeconds(3));
        end.Reason.ShouldBeNull();
        state.PublishTrouble().ShouldBeNull();
    }

    private sealed class End : IProcessEnd
    {
        public string? Reason { get; private set; }

        void IProcessEnd.End(string reason) => Reason = reason;
    }

    private sealed class SetProbe : IBrokerProbe
    {
        private readonly System.Diagnostics.Stopwatch clock = new();
        private int looks;

        public string? Unreachable { get; set; }

        public IReadOnlyList<string> Unattended { get; set; } = [];

        public int Looks => Volatile.Read(ref looks);

        public TimeSpan Lasted => clock.Elapsed;

        public Task<BrokerReport> LookAsync(CancellationToken cancellationToken)
        {
            clock.Start();
            Interlocked.Increment(ref looks);
            return Task.FromResult(new BrokerReport(TimeProvider.System.GetUtcNow(), Unreachable, Unattended, [], []));
        }
    }
}
