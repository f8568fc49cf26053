using Burqi.Archiver.Jobs;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Recordings;
using Burqi.Testing;
using Dapper;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Burqi.Archiver.Tests.Queues;

/// <summary>Sources that hang or are away, a call with many files, and what they may cost others.</summary>
public sealed class BusyAndBrokenTests : ArchiverProcessTest
{
    private readonly byte[] _content = Wav.Create(200);
    private HttpPeer _other = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _other = await HttpPeer.StartAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await _other.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Source_Hangs_KeepsAsManyWorkersAsItMayAndNoMore()
    {
        Settings["BURQI_ARCHIVER_WORKERS"] = "3";
        Settings["BURQI_ARCHIVER_MAX_PER_DESTINATION"] = "2";
        await using var archiver = await StartArchiverAsync();
        var hanging = CapturedFiles(6);
        foreach (var message in hanging)
        {
            Peer.Answers[ContentPath(message.RecordingId)] = (context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted);
            await archiver.PublishAsync(message);
        }

        await Eventually.BecomesTrueAsync(async () => await RunningAsync() == 2);
        foreach (var message in await ServeByOtherAsync(archiver, 5))
        {
            await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);
        }

        (await RunningAsync()).ShouldBe(2);
        Peer.Seen.Count.ShouldBe(2);

        Task<long> RunningAsync() => ScalarAsync<long>("select count(*) from archiver.jobs where step <> 'waveform' and status = 'running' and lease_expires_at > now()");
    }

    [Fact]
    public async Task Source_IsAway_ItsJobsLoseNoAttemptsAndOthersAreDone()
    {
        Settings["Archiver:Destinations:Break"] = "01:00:00";
        Settings["Archiver:Destinations:LongestBreak"] = "01:00:00";
        await using var archiver = await StartArchiverAsync();
        foreach (var message in CapturedFiles(20))
        {
            Peer.Answers[ContentPath(message.RecordingId)] = Unavailable;
            await archiver.PublishAsync(message);
        }

        await Eventually.BecomesTrueAsync(async () => (await archiver.CheckAsync("archiver-destinations")).Status == HealthStatus.Degraded);
        foreach (var message in await ServeByOtherAsync(archiver, 3))
        {
            await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);
        }

        // Five attempts break the way; three more may have been on it.
        await Eventually.BecomesTrueAsync(async () => await ScalarAsync<long>("select count(*) from archiver.jobs where status = 'waiting'") == 20);
        (await ScalarAsync<long>("select sum(attempts) from archiver.jobs where status = 'waiting'")).ShouldBeInRange(5, 8);
        (await archiver.CheckAsync("archiver-destinations")).Description.ShouldBe("Left alone for failing too often, and tried now and then: 1 source; their jobs wait.");
    }

    [Fact]
    public async Task Source_IsBack_AllIsDone()
    {
        await using var archiver = await StartArchiverAsync();
        var messages = CapturedFiles(20);
        var isBack = false;
        foreach (var message in messages)
        {
            Peer.Answers[ContentPath(message.RecordingId)] = (context, number) =>
                Volatile.Read(ref isBack) ? HttpPeer.WriteAsync(context, _content) : Unavailable(context, number);
            await archiver.PublishAsync(message);
        }

        await Eventually.BecomesTrueAsync(async () => (await archiver.CheckAsync("archiver-destinations")).Status == HealthStatus.Degraded);
        Volatile.Write(ref isBack, true);

        foreach (var message in messages)
        {
            await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);
        }

        StoredFiles().Count.ShouldBe(20);
        await Eventually.BecomesTrueAsync(async () => (await archiver.CheckAsync("archiver-destinations")).Status == HealthStatus.Healthy);
    }

    [Fact]
    public async Task Call_WithManyFilesBeforeAnothers_HoldsItUpByOneFile()
    {
        Settings["BURQI_ARCHIVER_WORKERS"] = "1";
        var messages = CapturedFiles(12);
        messages.AddRange(CapturedFiles(1, call: "CA00000000000000000000000000000002"));
        foreach (var message in messages)
        {
            Peer.Serve(ContentPath(message.RecordingId), _content);
            await AddAsync(message); // before there is a worker
        }

        await using var archiver = await StartArchiverAsync();
        await Eventually.BecomesTrueAsync(async () => await ScalarAsync<long>("select count(*) from archiver.jobs where status = 'completed' and step = 'archive'") == 13);

        Peer.Seen.Select(seen => seen.Path).ToList().IndexOf(ContentPath(messages[^1].RecordingId)).ShouldBeInRange(0, 1);
    }

    [Fact]
    public async Task Outline_TakesLong_TheOnlyWorkerArchivesMeanwhile()
    {
        const string Waits = "select count(*) from pg_locks where locktype = 'advisory' and not granted and objid = 4711";
        Settings["BURQI_ARCHIVER_WORKERS"] = "1";
        Settings["Archiver:LeaseDuration"] = "00:01:00";
        await ExecuteAsync(
            """
            create function archiver.wait() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(4711); return new; end $$;
            create trigger wait before update on archiver.jobs for each row when (new.step = 'waveform' and new.status = 'completed') execute function archiver.wait();
            """);
        await using var archiver = await StartArchiverAsync();
        await using var other = await Jobs.OpenAsync(TestContext.Current.CancellationToken);
        await other.ExecuteAsync("select pg_advisory_lock(4711)");
        var messages = CapturedFiles(2);
        Peer.Serve(ContentPath(messages[0].RecordingId), _content);
        Peer.Serve(ContentPath(messages[1].RecordingId), _content);
        await archiver.PublishAsync(messages[0]);
        await Eventually.BecomesTrueAsync(async () => await ScalarAsync<long>(Waits) == 1);

        await archiver.PublishAsync(messages[1]);
        await JobAsync(messages[1].RecordingId, job => job.Status == JobStatuses.Completed);

        (await ScalarAsync<long>(Waits)).ShouldBe(1); // its outline is not done
        await other.ExecuteAsync("select pg_advisory_unlock(4711)");
    }

    [Fact]
    public async Task Lease_TakenOverByAnotherInTheMiddle_TheFirstStopsAndLeavesNothing()
    {
        var message = CapturedFiles(1)[0];
        var stopped = new TaskCompletionSource();
        Peer.Answers[ContentPath(message.RecordingId)] = async (context, number) =>
        {
            if (number > 0)
            {
                await HttpPeer.WriteAsync(context, _content);
                return;
            }

            context.RequestAborted.Register(() => stopped.TrySetResult());
            await HalfAsync(context);
        };
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(message);
        await Eventually.BecomesTrueAsync(() => Peer.Seen.Count == 1);

        await ExecuteAsync("update archiver.jobs set lease_id = gen_random_uuid(), lease_owner = 'another', lease_expires_at = now() + interval '1 hour'");

        await stopped.Task.WaitAsync(Eventually.DefaultLimit, TestContext.Current.CancellationToken);
        await Eventually.BecomesTrueAsync(() => StoredFiles().Count == 0);
        (await JobAsync(message.RecordingId)).ShouldNotBeNull().Status.ShouldBe(JobStatuses.Running); // it is the other's to write
        await ExecuteAsync("update archiver.jobs set lease_expires_at = now() - interval '1 second'"); // which dies
        (await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed)).Attempts.ShouldBe(2);
        StoredFiles().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Database_GoesAwayInTheMiddle_TheWorkerStopsAndTheJobIsDoneOnceWhenItIsBack()
    {
        await using var server = await PostgresServer.StartAsync();
        await UseDatabaseAsync(await server.CreateDatabaseAsync());
        var message = CapturedFiles(1)[0];
        var stopped = new TaskCompletionSource();
        Peer.Answers[ContentPath(message.RecordingId)] = async (context, number) =>
        {
            if (number > 0)
            {
                await HttpPeer.WriteAsync(context, _content);
                return;
            }

            context.RequestAborted.Register(() => stopped.TrySetResult());
            await HalfAsync(context);
        };
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(message);
        await Eventually.BecomesTrueAsync(() => Peer.Seen.Count == 1);
        await JobAsync(message.RecordingId, job => job.StartedAnnouncedAt is not null); // one that it dies over is left for two minutes

        await server.KillAsync();
        await stopped.Task.WaitAsync(Eventually.DefaultLimit, TestContext.Current.CancellationToken);
        await server.RestartAsync();

        var job = await JobAsync(message.RecordingId, job => job is { Status: JobStatuses.Completed, OutcomeAnnouncedAt: not null });
        job.Attempts.ShouldBe(2);
        StoredFiles().ShouldBe([job.ObjectKey!]);
        archiver.Published.Of<RecordingArchived>().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Message_WhileItsBytesMove_IsAcknowledgedAlready()
    {
        var message = CapturedFiles(1)[0];
        Peer.Answers[ContentPath(message.RecordingId)] = (context, _) => HalfAsync(context);
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await Eventually.BecomesTrueAsync(() => Peer.Seen.Count == 1);

        await Eventually.BecomesTrueAsync(() => archiver.Acknowledged.Contains(message.RecordingId));
        (await JobAsync(message.RecordingId)).ShouldNotBeNull().Status.ShouldBe(JobStatuses.Running);
    }

    [Fact]
    public async Task Process_KilledBeforeTheSourceAnswered_NextProcessFinishesIt()
    {
        var message = CapturedFiles(1)[0];
        Peer.Answers[ContentPath(message.RecordingId)] = (context, number) =>
            number > 0 ? HttpPeer.WriteAsync(context, _content) : Task.Delay(Timeout.Infinite, context.RequestAborted);
        await AddAsync(message);
        await using (var first = await ArchiverProcess.StartAsync(Settings))
        {
            await Eventually.BecomesTrueAsync(() => Peer.Seen.Count == 1, TimeSpan.FromMinutes(2), first.Output);
            await first.KillAsync();
        }

        await using var second = await ArchiverProcess.StartAsync(Settings);
        var job = await FinishedAsync(message.RecordingId);

        (job.Status, job.Attempts).ShouldBe((JobStatuses.Completed, 2));
        StoredFiles().ShouldBe([job.ObjectKey!]);
    }

    [Fact]
    public void Options_Defaults_ADeadWorkersJobIsTakenOverWithinAMinute()
    {
        var options = new ArchiverOptions();

        (options.LeaseDuration + options.PollInterval).ShouldBeLessThan(TimeSpan.FromMinutes(1));
    }

    private static Task Unavailable(HttpContext context, int number)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return Task.CompletedTask;
    }

    private async Task HalfAsync(HttpContext context)
    {
        context.Response.ContentLength = _content.Length;
        await context.Response.Body.WriteAsync(_content.AsMemory(0, _content.Length / 2));
        await context.Response.Body.FlushAsync();
        await Task.Delay(Timeout.Infinite, context.RequestAborted);
    }

    private List<RecordingCaptured> CapturedFiles(int count, string call = CallSid) =>
        [.. Enumerable.Range(0, count).Select(number => Captured(_content) with { CallId = call, StartedAt = StartedAt.AddSeconds(number) })];

    /// <summary>Files of another media node.</summary>
    private async Task<IReadOnlyList<RecordingCaptured>> ServeByOtherAsync(ArchiverHost archiver, int count)
    {
        var messages = CapturedFiles(count, call: "CA00000000000000000000000000000002")
            .ConvertAll(message => message with { ContentUrl = message.ContentUrl.Replace(Peer.BaseUrl, _other.BaseUrl, StringComparison.Ordinal) });
        foreach (var message in messages)
        {
            _other.Serve(ContentPath(message.RecordingId), _content);
            await archiver.PublishAsync(message);
        }

        return messages;
    }
}
