using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Recordings;
using Burqi.Testing;
using static Burqi.Archiver.Tests.Reconcile.TwilioListTests;

namespace Burqi.Archiver.Tests.Reconcile;

/// <summary>A run whose process is killed in the middle, and one that has much to read.</summary>
public sealed class ReconcileCrashTests : ReconcileTest
{
    private const int PerPage = 15;
    private const long MiB = 1024 * 1024;
    private const string ListPath = $"/2010-04-01/Accounts/{AccountSid}/Recordings.json";

    private static readonly DateTimeOffset Midnight = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Kill_BetweenTwoPages_TheNextProcessFinishesTheRunAndCreatesEachRecordingOnce()
    {
        // The second page hangs the first time it is asked for.
        var secondPages = 0;
        Peer.Answers[ListPath] = (context, _) => context.Request.Query.ContainsKey("PageToken")
            ? Interlocked.Increment(ref secondPages) == 1
                ? Task.Delay(Timeout.Infinite, context.RequestAborted)
                : WriteAsync(context, Page(Enumerable.Range(PerPage, PerPage).Select(number => Recording(Sid(number), Midnight, 1))))
            : WriteAsync(context, Page(Enumerable.Range(0, PerPage).Select(number => Recording(Sid(number), Midnight, 1)), $"{ListPath}?Page=1&PageToken=PA1"));
        var wav = Wav.Create(1000, channels: 2);
        for (var number = 0; number < 2 * PerPage; number++)
        {
            Peer.Serve(TwilioMediaPath.Replace(RecordingSid, Sid(number), StringComparison.Ordinal), wav);
        }

        await using (await StartArchiverAsync())
        {
            await Eventually.BecomesTrueAsync(async () => await ScalarAsync<bool>("select to_regclass('archiver.reconciliations') is not null"));
        }

        // Asked for in the table, as the address of a process is not known from outside.
        var id = Guid.CreateVersion7();
        await ExecuteAsync(
            $"insert into archiver.reconciliations (id, provider, requested_by, window_from, window_to) values ('{id}', 'twilio', 'request', '2026-11-20T00:00:00Z', '2026-11-20T01:00:00Z')");
        await using (var first = await ArchiverProcess.StartAsync(Settings))
        {
            await Eventually.BecomesTrueAsync(() => Volatile.Read(ref secondPages) == 1, TimeSpan.FromMinutes(2), first.Output);
            await Eventually.BecomesTrueAsync(async () => await JobsAsync("status = 'completed'") == PerPage, TimeSpan.FromMinutes(1), first.Output);
            await first.KillAsync();
        }

        await using var archiver = await StartArchiverAsync();
        var run = await EndOfAsync(archiver, id.ToString());

        run["status"]!.GetValue<string>().ShouldBe("completed", run.ToJsonString());
        (Count(run, "listed"), Count(run, "known"), Count(run, "missing")).ShouldBe((2 * PerPage, 0, 2 * PerPage));
        await Eventually.BecomesTrueAsync(async () => await JobsAsync("status = 'completed'") == 2 * PerPage, TimeSpan.FromMinutes(1));
        (await JobsAsync()).ShouldBe(2 * PerPage);
        StoredFiles().Count.ShouldBe(2 * PerPage);
        (await JobsAsync("attempts > 1")).ShouldBe(0);
        archiver.Published.Of<ProviderRecordingReady>().Select(told => told.RecordingId).Distinct().Count().ShouldBe(2 * PerPage, "the last hour is said again on start");
    }

    [Fact]
    public async Task Run_ManyPages_NeedNoMoreMemoryThanAFew()
    {
        var pages = 5;
        Peer.Answers[ListPath] = (context, _) =>
        {
            var page = int.TryParse(context.Request.Query["Page"], out var number) ? number : 0;
            return WriteAsync(context, Page(
                Enumerable.Range(page * 1000, 1000).Select(sid => Recording(Sid(sid), Midnight, 1, status: "in-progress")),
                $"{ListPath}?Page={page + 1}&PageToken=PA{page}",
                page + 1 < pages));
        };
        await using (await StartArchiverAsync())
        {
            await Eventually.BecomesTrueAsync(async () => await ScalarAsync<bool>("select to_regclass('archiver.reconciliations') is not null"));
        }

        await using var archiver = await ArchiverProcess.StartAsync(Settings);
        await RunInTableAsync(5000);
        var before = archiver.PeakMemory();
        pages = 80;
        await RunInTableAsync(80_000);
        var growth = archiver.PeakMemory() - before;

        TestContext.Current.SendDiagnosticMessage($"peak {before / MiB} MiB after 5 pages, {growth / MiB} MiB more after 80");
        growth.ShouldBeLessThan(48 * MiB);

        async Task RunInTableAsync(int listed)
        {
            var id = Guid.CreateVersion7();
            await ExecuteAsync(
                $"insert into archiver.reconciliations (id, provider, requested_by, window_from, window_to) values ('{id}', 'twilio', 'request', '2026-11-20T00:00:00Z', '2026-11-20T01:00:00Z')");
            await Eventually.BecomesTrueAsync(
                async () => await ScalarAsync<long>($"select count(*) from archiver.reconciliations where id = '{id}' and status = 'completed' and (progress -> 'accounts' -> 0 ->> 'in_progress')::int = {listed}") == 1,
                TimeSpan.FromMinutes(2),
                archiver.Output);
        }
    }
}
