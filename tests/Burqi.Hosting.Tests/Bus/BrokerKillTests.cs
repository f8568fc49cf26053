using System.Diagnostics;
using System.Globalization;
using Burqi.Hosting.Processes;
using Burqi.Testing;

namespace Burqi.Hosting.Tests.Bus;

/// <summary>
/// Kills the broker under publishing load, again and again. A client whose broker dies while a publish is in flight may never publish or
/// consume again, above all in a process that has just started: so each round has a process of its own that publishes for the first
/// time around the kill, beside one that lives through all of them.
/// </summary>
public sealed class BrokerKillTests(ITestOutputHelper output)
{
    private const int Rounds = 20;
    private const int PublishLimitMs = 3000;
    private const int NumbersPerRound = 8;

    // A loaded machine may wake a process this much later than it asked for.
    private const int SchedulingMs = 10_000;

    [Fact]
    public async Task Publish_BrokerKilledTwentyTimes_NothingIsLostAndNothingHangs()
    {
        await using var broker = await RabbitMqServer.StartAsync();
        var rounds = new KillRounds(await broker.CreateVirtualHostAsync(), TestFolder.Create("kill"));

        var warm = await rounds.StartAsync("warm");
        await Eventually.BecomesTrueAsync(warm.Process.IsReadyAsync);

        // A quorum queue younger than about two seconds does not survive the kill of its only node.
        var declared = Stopwatch.StartNew();
        await Eventually.BecomesTrueAsync(() => declared.Elapsed > TimeSpan.FromSeconds(4));

        using var loading = new CancellationTokenSource();
        var load = rounds.LoadAsync(warm, loading.Token);
        var endings = new List<Task>();
        var recoveries = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            var cold = await rounds.StartAsync($"cold{i}");
            await Eventually.BecomesTrueAsync(cold.Process.IsReadyAsync, TimeSpan.FromSeconds(60));

            await KillAroundFirstPublishAsync(broker, rounds, cold, i);
            await broker.RestartAsync();
            var recovering = Stopwatch.StartNew();
            endings.Add(rounds.EndAsync(cold, () => recoveries.Add(recovering.Elapsed.TotalSeconds)));
        }

        rounds.KillsAreDone();
        await loading.CancelAsync();
        await load;
        endings.Add(rounds.EndAsync(warm, () => { }));
        await Task.WhenAll(endings);

        // What a process that ended itself had not got confirmed is still its caller's: the next process publishes it.
        var heir = await rounds.StartAsync("heir");
        await rounds.BequeathAsync(heir);
        await rounds.EndAsync(heir, () => { });

        await Eventually.BecomesTrueAsync(() => rounds.Missing().Count == 0);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Rounds} kills, {rounds.Given} numbers published: {rounds.Wedged} of {Rounds + 2} processes ended themselves ({string.Join(", ", rounds.WedgedNames)}); {rounds.Failures} publishes failed and were repeated; "
            + $"slowest attempt {rounds.SlowestMs:0} ms (limit {PublishLimitMs} ms); consumed {rounds.Consumed} in all; cold processes were whole again {Median(recoveries):0.0} s (median), {recoveries.DefaultIfEmpty().Max():0.0} s (longest) after the broker."));
        rounds.Missing().ShouldBeEmpty();
        rounds.SlowestMs.ShouldBeLessThan(PublishLimitMs + SchedulingMs);
        rounds.OtherEndings.ShouldBeEmpty();
    }

    // In turn: the publishes are in flight when the broker dies; they begin some milliseconds after it died; both.
    private static async Task KillAroundFirstPublishAsync(RabbitMqServer broker, KillRounds rounds, Participant cold, int i)
    {
        if (i % 3 != 1)
        {
            await rounds.GiveAsync(cold, NumbersPerRound);
        }

        var killed = broker.KillAsync();
        if (i % 3 != 0)
        {
            await killed;
            await rounds.GiveAsync(cold, NumbersPerRound);
        }

        await killed;
    }

    private static double Median(List<double> values) => values.Count == 0 ? 0 : values.Order().ElementAt(values.Count / 2);

    private sealed record Participant(string Name, BusProcess Process)
    {
        public HashSet<long> Given { get; } = [];

    }

    private sealed class KillRounds(string brokerUrl, string folder)
    {
        private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(100);
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

        private readonly Lock gate = new();
        private readonly TaskCompletionSource killsDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<long> orphans = [];
        private readonly List<string> wedged = [];
        private readonly List<string> others = [];
        private long given;

        public long Given => Interlocked.Read(ref given);

        public int Failures { get; private set; }

        public double SlowestMs { get; private set; }

        public int Wedged => wedged.Count;

        public IReadOnlyList<string> WedgedNames => wedged;

        public IReadOnlyList<string> OtherEndings => others;

        public int Consumed => ConsumedNumbers().Count;

        public async Task<Participant> StartAsync(string name) => new(name, await BusProcess.StartAsync(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["BURQI_BUS"] = "rabbitmq",
            ["BURQI_RABBITMQ_URL"] = brokerUrl,
            ["BURQI_BUS_PUBLISH_SECONDS"] = "3",
            ["BURQI_BUS_PROBE_SECONDS"] = "0.5",
            ["BURQI_BUS_PATIENCE_SECONDS"] = "45",
            ["BURQI_SHUTDOWN_SECONDS"] = "5",
            ["BUSPROCESS_CONSUMED"] = Path.Combine(folder, name),
        }));

        public void KillsAreDone() => killsDone.TrySetResult();

        public async Task GiveAsync(Participant to, int count)
        {
            var first = Interlocked.Add(ref given, count) - count;
            lock (gate)
            {
                to.Given.UnionWith(Enumerable.Range(0, count).Select(number => first + number));
            }

            await to.Process.GiveAsync(first, count);
        }

        public async Task LoadAsync(Participant to, CancellationToken cancellationToken)
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            try
            {
                while (await timer.WaitForNextTickAsync(cancellationToken) && !to.Process.Child.Exited.IsCompleted)
                {
                    await GiveAsync(to, 3);
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException)
            {
                // Told to stop; or the process ended itself, which its end will tell.
            }
        }

        /// <summary>Waits until the process is whole again, its numbers confirmed and its consumer attached, and stops it; or until it has ended itself.</summary>
        public async Task EndAsync(Participant participant, Action whole)
        {
            await using var process = participant.Process;
            var clock = new Stopwatch();
            BusProcess.Outbox? outbox = null;
            while (!process.Child.Exited.IsCompleted)
            {
                // While the broker keeps dying nobody need recover: the limit counts from the last kill.
                if (killsDone.Task.IsCompleted)
                {
                    clock.Start();
                }

                if (clock.Elapsed > EndLimit)
                {
                    throw new TimeoutException($"{participant.Name} neither recovered nor ended itself: {outbox}; {process.Child.Output}");
                }

                try
                {
                    outbox = await process.OutboxAsync();
                    if (outbox.Pending.Count == 0 && await process.IsReadyAsync())
                    {
                        break;
                    }
                }
                catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
                {
                    // It may be ending itself.
                }

                await Task.Delay(Pause);
            }

            var wholeAgain = !process.Child.Exited.IsCompleted;
            var code = await process.Child.StopAsync(ChildSignal.Terminate, TimeSpan.FromSeconds(20));
            lock (gate)
            {
                if (wholeAgain)
                {
                    whole();
                }
                else
                {
                    // What was confirmed is the broker's; the rest is still ours.
                    orphans.AddRange(outbox?.Pending ?? [.. participant.Given]);
                }

                if (code == ExitCodes.BusStuck)
                {
                    wedged.Add(participant.Name);
                }
                else if (code != ExitCodes.Stopped)
                {
                    others.Add($"{participant.Name} ended with {code}: {process.Child.Output}");
                }

                Failures += outbox?.Failures ?? 0;
                SlowestMs = Math.Max(SlowestMs, outbox?.SlowestMs ?? 0);
            }
        }

        public async Task BequeathAsync(Participant heir)
        {
            foreach (var number in orphans)
            {
                await heir.Process.GiveAsync(number, 1);
            }
        }

        public IReadOnlyList<long> Missing()
        {
            var consumed = ConsumedNumbers().ToHashSet();
            return [.. Enumerable.Range(0, (int)Given).Select(number => (long)number).Where(number => !consumed.Contains(number))];
        }

        private List<long> ConsumedNumbers() =>
            [.. Directory.EnumerateFiles(folder)
                .SelectMany(file => File.ReadAllText(file).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                .Select(line => long.Parse(line, CultureInfo.InvariantCulture))];
    }
}
