using System.Collections.Concurrent;
using Burqi.Testing;

namespace Burqi.EndToEnd.Tests.Archiving;

/// <summary>Whatever fails on the way, a recording ends in the store, verified, exactly once. Two archivers are at it all the time.</summary>
public sealed class NothingIsLostTests(ArchivingStack stack) : IClassFixture<ArchivingStack>
{
    // In seconds of audio: one goes up in one request, the other in three parts.
    private const double Short = 4;
    private const double Long = 800;

    public static TheoryData<string> Moments =>
    [
        "the message is there, the row is not",
        "the source is being read",
        "a part is on its way",
        "a part was taken",
        "the parts were put together",
        "the object was put",
        "the object is read back",
        "the outcome is being written down",
        "the outcome is not told yet",
    ];

    [Fact]
    public async Task Store_WithEveryTrouble_HasEverythingInTheEnd()
    {
        var troubles = new ConcurrentQueue<StoreFault>(Enumerable.Range(0, 10).SelectMany(_ => Enum.GetValues<StoreFault>().Where(fault => fault is not (StoreFault.None or StoreFault.Hang)))
            .Concat([StoreFault.Hang, StoreFault.Hang, StoreFault.Hang]));
        var planned = troubles.Count;
        var (asked, before) = (0, stack.Store.FaultsMade);
        stack.Store.Misbehave(request => Interlocked.Increment(ref asked) % 2 == 0 && troubles.TryDequeue(out var fault)
            ? fault is StoreFault.Lie or StoreFault.ShortAnswer && request.Operation != "read" ? StoreFault.AnswerLost : fault
            : StoreFault.None);

        foreach (var length in new[] { Short, Long, Short, Short, Long, Short, Short, Long, Short, Short })
        {
            await stack.CaptureAsync(stack.Audio(length), times: 2);
        }

        await stack.ShouldHaveLostNothingAsync();
        stack.Store.Behave();
        TestContext.Current.SendDiagnosticMessage($"{stack.Store.FaultsMade - before} of {planned} faults in {asked} requests");
        (stack.Store.FaultsMade - before).ShouldBeGreaterThan(planned / 2);
    }

    [Fact]
    public async Task Store_ThatLiesAboutOneObject_IsNotBelieved()
    {
        var lies = 3;
        stack.Store.Misbehave(request => request.Operation == "read" && Interlocked.Decrement(ref lies) >= 0 ? StoreFault.Lie : StoreFault.None);

        var id = await stack.CaptureAsync(stack.Audio(Short));

        await stack.ShouldHaveLostNothingAsync();
        stack.Store.Behave();
        (await stack.CountAsync($"select attempts from archiver.jobs where step = 'archive' and recording_id = '{id}'")).ShouldBe(4);
    }

    [Fact]
    public async Task Store_AwayForLong_GetsEverythingOnceItIsBack()
    {
        var before = stack.Store.FaultsMade;
        stack.Store.Misbehave(_ => StoreFault.Reset);
        foreach (var length in new[] { Short, Long, Short, Short })
        {
            await stack.CaptureAsync(stack.Audio(length));
        }

        await Eventually.BecomesTrueAsync(() => stack.Store.FaultsMade - before > 40, TimeSpan.FromSeconds(60));
        (await stack.CountAsync("select count(*) from archiver.jobs where step <> 'waveform' and status not in ('waiting', 'running', 'completed')")).ShouldBe(0);
        stack.Store.Behave();

        await stack.ShouldHaveLostNothingAsync();
    }

    [Fact]
    public async Task Source_WithEveryTrouble_IsArchivedAsItIs()
    {
        var (cut, broken, redirected, changed, stalled, failing) =
            (stack.Audio(Short), stack.Audio(Short), stack.Audio(Short), stack.Audio(Short), stack.Audio(Short), stack.Audio(Short));
        var other = stack.Audio(Short);

        await stack.CaptureAsync(cut, 1, FaultySource.Cut(cut), FaultySource.Cut(cut), FaultySource.Whole(cut));
        await stack.CaptureAsync(broken, 1, FaultySource.BrokenOff(broken), FaultySource.Whole(broken));
        await stack.CaptureAsync(redirected, 1, FaultySource.Redirected(stack.Source.Elsewhere), FaultySource.Redirected(stack.Source.Elsewhere + "/x"), FaultySource.Whole(redirected));
        await stack.CaptureAsync(changed, 1, FaultySource.BrokenOff(changed, "1"), FaultySource.Whole(other, "2"), FaultySource.Whole(other, "2"), FaultySource.Whole(changed, "3"));
        await stack.CaptureAsync(stalled, 1, FaultySource.Stalled(stalled), FaultySource.Whole(stalled));
        await stack.CaptureAsync(failing, 1, FaultySource.Status(500), FaultySource.Status(503), FaultySource.Status(404), FaultySource.Status(403), FaultySource.Whole(failing));

        // Nobody said what this one is: whatever version it is, it is one of them and no mixture.
        await stack.ProvideAsync(other, FaultySource.BrokenOff(changed, "1"), FaultySource.Whole(other, "2"));

        await stack.ShouldHaveLostNothingAsync();
        stack.Source.AskedElsewhere.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task Archiver_Killed_AnotherFinishesIt(string moment)
    {
        if (moment == "the source is being read")
        {
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var content = stack.Audio(Long);
            await stack.CaptureAsync(content, 1, FaultySource.Stalled(content, reached.SetResult), FaultySource.Whole(content));
            await reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
            await KillAsync([0, 1]);
        }
        else if (moment == "the message is there, the row is not")
        {
            await using var locked = await LockedJobs.TakeAsync(stack);
            await stack.CaptureAsync(stack.Audio(Short));
            await locked.WaitForAsync("insert into archiver.jobs");
            await KillAsync([0, 1], locked);
        }
        else if (moment.StartsWith("the outcome", StringComparison.Ordinal))
        {
            var hold = stack.Store.HoldNext("read", done: true);
            var id = await stack.CaptureAsync(stack.Audio(Short));
            var holder = (await hold.ReachedAsync()).Client;
            if (moment == "the outcome is being written down")
            {
                await using var locked = await LockedJobs.TakeAsync(stack);
                hold.Release();
                await locked.WaitForAsync("set status = 'completed'");
                await KillAsync([holder], locked);
            }
            else
            {
                stack.Broker.Suspend();
                hold.Release();
                await Eventually.BecomesTrueAsync(async () => await stack.CountAsync($"select count(*) from archiver.jobs where step = 'archive' and recording_id = '{id}' and status = 'completed'") == 1);
                await Task.WhenAll(stack.Archivers.Select(archiver => archiver.KillAsync()));
                stack.Broker.Resume();

                // Whoever died over telling it had set it aside for two minutes.
                await stack.CountAsync("with lapsed as (update archiver.jobs set announcing_until = null where outcome_announced_at is null returning 1) select count(*) from lapsed");
                await Task.WhenAll(stack.Archivers.Select(archiver => archiver.StartAsync(waitUntilReady: false)));
            }
        }
        else
        {
            var (operation, done, length) = moment switch
            {
                "a part is on its way" => ("part", false, Long),
                "a part was taken" => ("part", true, Long),
                "the parts were put together" => ("complete", true, Long),
                "the object was put" => ("put", true, Short),
                _ => ("read", false, Short),
            };
            var hold = stack.Store.HoldNext(operation, done);
            await stack.CaptureAsync(stack.Audio(length));
            await KillAsync([(await hold.ReachedAsync()).Client]);
        }

        await stack.ShouldHaveLostNothingAsync();
    }

    /// <summary>Two archivers have the same job, and each believes that it is its own.</summary>
    [Theory]
    [InlineData("part")]
    [InlineData("complete")]
    [InlineData("put")]
    public async Task Archiver_ThatWasTakenForDead_ChangesNothingWhenItComesBack(string operation)
    {
        var hold = stack.Store.HoldNext(operation, done: false);
        var id = await stack.CaptureAsync(stack.Audio(operation == "put" ? Short : Long));
        var first = stack.Archivers[(await hold.ReachedAsync()).Client];
        first.Suspend();
        hold.Release();
        await Eventually.BecomesTrueAsync(
            async () => await stack.CountAsync($"select count(*) from archiver.jobs where step = 'archive' and recording_id = '{id}' and status = 'completed'") == 1, TimeSpan.FromSeconds(60));

        first.Resume();

        await stack.ShouldHaveLostNothingAsync();
        (await stack.CountAsync($"select attempts from archiver.jobs where step = 'archive' and recording_id = '{id}'")).ShouldBeGreaterThan(1);
    }

    private async Task KillAsync(int[] archivers, LockedJobs? locked = null)
    {
        await Task.WhenAll(archivers.Select(number => stack.Archivers[number].KillAsync()));
        if (locked is not null)
        {
            await locked.DisposeAsync();
        }

        await Task.WhenAll(archivers.Select(number => stack.Archivers[number].StartAsync(waitUntilReady: false)));
    }

    /// <summary>Nobody writes to the table of jobs meanwhile.</summary>
    private sealed class LockedJobs(ArchivingStack stack, Npgsql.NpgsqlConnection connection) : IAsyncDisposable
    {
        public static async Task<LockedJobs> TakeAsync(ArchivingStack stack)
        {
            var connection = await stack.Database.OpenConnectionAsync();
            await using var command = new Npgsql.NpgsqlCommand("begin; lock table archiver.jobs in exclusive mode", connection);
            await command.ExecuteNonQueryAsync();
            return new LockedJobs(stack, connection);
        }

        public Task WaitForAsync(string statement) => Eventually.BecomesTrueAsync(async () => await stack.CountAsync(
            $"select count(*) from pg_stat_activity where wait_event_type = 'Lock' and pid <> pg_backend_pid() and query like '%{statement.Replace("'", "''", StringComparison.Ordinal)}%'") > 0);

        public async ValueTask DisposeAsync()
        {
            if (connection.State == System.Data.ConnectionState.Open)
            {
                await using var command = new Npgsql.NpgsqlCommand("rollback", connection);
                await command.ExecuteNonQueryAsync();
            }

            await connection.DisposeAsync();
        }
    }
}
