using Burqi.Archiver.Jobs;
using Burqi.Archiver.Queues;
using Burqi.Archiver.Tests.Support;
using Dapper;

namespace Burqi.Archiver.Tests.Queues;

/// <summary>Whose turn it is, in a table of any size.</summary>
public sealed class ClaimTests : ArchiverProcessTest
{
    private const string Host = "media-1:8002";
    private static readonly JobQueue Queue = new(JobSteps.Archive, Host);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Claim_CallWithAThousandFilesCameFirst_HoldsUpNobody()
    {
        await AddAsync("CA-long", 1000, due: "1 hour");
        foreach (var call in new[] { "CA-a", "CA-b", "CA-z" })
        {
            await AddAsync(call, 2, due: "0 seconds");
        }

        var calls = new List<string>();
        for (var turn = 0; turn < 10; turn++)
        {
            calls.Add((await ClaimAsync(calls.LastOrDefault(""))).ShouldNotBeNull().CallId);
        }

        calls.ShouldBe(["CA-a", "CA-b", "CA-long", "CA-z", "CA-a", "CA-b", "CA-long", "CA-z", "CA-long", "CA-long"]);
    }

    [Fact]
    public async Task Claim_ManyWorkersOfTwoReplicas_NobodyTakesWhatAnotherHas()
    {
        for (var call = 0; call < 20; call++)
        {
            await AddAsync($"CA-{call:00}", 2, due: "0 seconds");
        }

        var taken = await Task.WhenAll(Enumerable.Range(0, 60).Select(worker => ClaimAsync(worker % 2 == 0 ? "" : "CA-10")));

        taken.OfType<ArchiveJob>().Select(job => job.Id).Distinct().Count().ShouldBe(40);
    }

    [Fact]
    public async Task Claim_SourceForgetsSoon_ComesBeforeItsTurn()
    {
        await AddAsync("CA-a", 3, due: "2 hours");
        await AddAsync("CA-z", 2, due: "0 seconds");
        await ExecuteAsync("update archiver.jobs set source_keeps_until = now() + interval '20 hours' where call_id = 'CA-z'");
        (await ClaimAsync("")).ShouldNotBeNull().CallId.ShouldBe("CA-a"); // there is time
        await ExecuteAsync(
            "update archiver.jobs set source_keeps_until = now() + interval '3 hours' where id = (select id from archiver.jobs where call_id = 'CA-z' limit 1)");

        (await ClaimAsync("")).ShouldNotBeNull().CallId.ShouldBe("CA-z");
        (await ClaimAsync("")).ShouldNotBeNull().CallId.ShouldBe("CA-a");
    }

    [Fact]
    public async Task Claim_WorkerFellSilent_ItsJobComesFirst()
    {
        await AddAsync("CA-z", 1, due: "0 seconds");
        var lost = (await ClaimAsync("")).ShouldNotBeNull();
        await AddAsync("CA-a", 3, due: "2 hours");
        await ExecuteAsync($"update archiver.jobs set lease_expires_at = now() - interval '1 second' where id = '{lost.Id}'");

        (await ClaimAsync("")).ShouldNotBeNull().Id.ShouldBe(lost.Id);
    }

    [Fact]
    public async Task DueQueues_JobsOfManyKinds_AreThoseWithSomethingDue()
    {
        await AddAsync("CA-a", 3, due: "1 hour");
        await AddAsync("CA-b", 3, due: "-1 hour", destination: "media-2:8002");
        await AddAsync("CA-c", 3, due: "1 hour", destination: "media-3:8002");
        await AddAsync("CA-d", 1, due: "1 hour", destination: "twilio", step: JobSteps.DeleteAtProvider);
        await AddAsync("CA-e", 1, due: "1 hour", destination: "twilio", step: "of another release");
        await AddAsync("CA-f", 1, due: "1 hour", destination: "media-4:8002");
        await ExecuteAsync(
            """
            update archiver.jobs set status = 'running', lease_id = gen_random_uuid(), lease_expires_at = now() - interval '1 second'
            where call_id = 'CA-f'
            """);

        (await new DueQueuesQuery(Jobs).ExecuteAsync([JobSteps.Archive, JobSteps.DeleteAtProvider], TestContext.Current.CancellationToken))
            .ShouldBe(
                [Queue, new(JobSteps.Archive, "media-3:8002"), new(JobSteps.Archive, "media-4:8002"), new(JobSteps.DeleteAtProvider, "twilio")],
                ignoreOrder: true);
    }

    [Fact]
    public async Task Claim_AHundredThousandJobsWait_ReadsAHandfulOfThem()
    {
        await AddAsync("CA-long", 90_000, due: "1 hour");
        await AddAsync("CA-away", 9_000, due: "1 hour", destination: "media-2:8002");
        await ExecuteAsync(
            $"""
            insert into archiver.jobs (id, recording_id, step, status, provider, call_id, recording_type, recording_source, source_kind, source_details, object_key, destination)
            select gen_random_uuid(), gen_random_uuid(), 'archive', 'waiting', 'twilio', 'CA' || n, 'user', 'local', 'media_node', '{"{}"}', 'single ' || n, '{Host}'
            from generate_series(1, 1000) n
            """);
        await ExecuteAsync("analyze archiver.jobs");

        var due = await ExplainAsync(DueQueuesQuery.Sql, new { Steps = new[] { JobSteps.Archive } });
        var claim = await ExplainAsync(
            ClaimJobCommand.Sql,
            new { Queue.Step, Queue.Destination, AfterCall = "CA500", Urgent = Lease, LeaseId = Guid.CreateVersion7(), Owner = "worker", Lease });

        TestContext.Current.SendDiagnosticMessage(due);
        TestContext.Current.SendDiagnosticMessage(claim);
        due.ShouldNotContain("Seq Scan on jobs");
        claim.ShouldNotContain("Seq Scan on jobs");
        Blocks(due).ShouldBeLessThan(100);
        Blocks(claim).ShouldBeLessThan(200);
    }

    private Task<ArchiveJob?> ClaimAsync(string afterCall) =>
        new ClaimJobCommand(Jobs).ExecuteAsync(Queue, afterCall, "worker", Lease, TestContext.Current.CancellationToken);

    /// <summary>Puts files of a call on the table, due for as long as is said.</summary>
    private Task AddAsync(string call, int files, string due, string destination = Host, string step = JobSteps.Archive) => ExecuteAsync(
        $"""
        insert into archiver.jobs
            (id, recording_id, step, status, provider, call_id, recording_type, recording_source, source_kind, source_details, object_key, destination, next_attempt_at)
        select gen_random_uuid(), gen_random_uuid(), '{step}', 'waiting', 'twilio', '{call}', 'user', 'local', 'media_node', '{"{}"}', '{call} ' || n,
               '{destination}', now() - interval '{due}'
        from generate_series(1, {files}) n
        """);

    /// <summary>How PostgreSQL does it, and what it touches.</summary>
    private async Task<string> ExplainAsync(string sql, object parameters)
    {
        await using var connection = await Jobs.OpenAsync(TestContext.Current.CancellationToken);
        return string.Join('\n', await connection.QueryAsync<string>($"explain (analyze, buffers) {sql}", parameters));
    }

    /// <summary>The blocks of the whole plan, which stand in its first line of that kind.</summary>
    private static int Blocks(string plan)
    {
        var line = plan.Split('\n').First(line => line.Contains("Buffers: shared", StringComparison.Ordinal));
        return line.Split(' ').Where(part => part.StartsWith("hit=", StringComparison.Ordinal) || part.StartsWith("read=", StringComparison.Ordinal))
            .Sum(part => int.Parse(part.Split('=')[1]));
    }
}
