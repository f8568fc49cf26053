using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Database;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Queues;
using Burqi.Archiver.Sources.Twilio;
using Burqi.Archiver.Stores;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts;
using Burqi.Contracts.Recordings;
using Burqi.Postgres;
using Microsoft.Extensions.Options;

namespace Burqi.Archiver.Tests.Jobs;

public sealed class JobTableTests : ArchiverTest
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    private ArchiverDatabase _jobs = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _jobs = new ArchiverDatabase(Options.Create(new ArchiverOptions { DatabaseUrl = Settings["BURQI_DATABASE_URL"]! }));
        await MigrationRunner.RunAsync(_jobs.Source, "archiver", typeof(ArchiverDatabase).Assembly, TestContext.Current.CancellationToken);
        _jobs.MarkMigrated();
    }

    public override async ValueTask DisposeAsync()
    {
        await _jobs.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Claim_ManyWorkersAtOnce_EachJobIsTakenByOne()
    {
        for (var number = 0; number < 25; number++)
        {
            await AddAsync(number);
        }

        var claims = await Task.WhenAll(Enumerable.Range(0, 60).Select(worker => ClaimAsync($"worker {worker}")));

        var taken = claims.OfType<ArchiveJob>().ToList();
        taken.Count.ShouldBe(25);
        taken.Select(job => job.Id).Distinct().Count().ShouldBe(25);
    }

    [Fact]
    public async Task Claim_LeaseRanOut_IsTakenOverAndTheFirstWorkerCanNoLongerWrite()
    {
        await AddAsync(1);
        var first = (await ClaimAsync("first")).ShouldNotBeNull();
        (await ClaimAsync("second")).ShouldBeNull();
        await ExecuteAsync("update archiver.jobs set lease_expires_at = now() - interval '1 second'");

        var second = (await ClaimAsync("second")).ShouldNotBeNull();

        second.Id.ShouldBe(first.Id);
        second.Attempts.ShouldBe(2);
        second.TakenUpAt.ShouldBe(first.TakenUpAt);
        var token = TestContext.Current.CancellationToken;
        (await new ExtendLeaseCommand(_jobs).ExecuteAsync(first.Id, first.LeaseId!.Value, Lease, token)).ShouldBeFalse();
        (await new CompleteJobCommand(_jobs).ExecuteAsync(first.Id, first.LeaseId!.Value, Result, [], token)).ShouldBeFalse();
        (await new AbandonJobCommand(_jobs).ExecuteAsync(first.Id, first.LeaseId!.Value, TransferFailure.SourceGone, "x", token)).ShouldBeFalse();
        (await new PostponeJobCommand(_jobs).ExecuteAsync(first.Id, first.LeaseId!.Value, Lease, failure: null, error: null, token)).ShouldBeFalse();
        (await new CompleteJobCommand(_jobs).ExecuteAsync(second.Id, second.LeaseId!.Value, Result, [], token)).ShouldBeTrue();
        (await ClaimAsync("third")).ShouldBeNull();
    }

    [Fact]
    public async Task Claim_Postponed_IsNotTakenBeforeItsTime()
    {
        await AddAsync(1);
        var job = (await ClaimAsync("worker")).ShouldNotBeNull();
        await new PostponeJobCommand(_jobs).ExecuteAsync(
            job.Id, job.LeaseId!.Value, TimeSpan.FromHours(1), TransferFailure.SourceNotReady, "not yet", TestContext.Current.CancellationToken);

        (await ClaimAsync("worker")).ShouldBeNull();
        await ExecuteAsync("update archiver.jobs set next_attempt_at = now()");
        (await ClaimAsync("worker")).ShouldNotBeNull().LastError.ShouldBe("not yet");
    }

    [Fact]
    public async Task Claim_ManyFinishedJobs_ReadsOnlyTheIndexOfTheWaiting()
    {
        await AddAsync(1);
        await ExecuteAsync(
            """
            insert into archiver.jobs (id, recording_id, step, status, provider, call_id, recording_type, recording_source, source_kind, source_details, object_key)
            select gen_random_uuid(), gen_random_uuid(), 'archive', 'completed', 'twilio', 'CA1', 'user', 'local', 'media_node', '{}', 'key ' || n
            from generate_series(1, 20000) n
            """);
        await ExecuteAsync("analyze archiver.jobs");

        (await ScalarAsync<string>(
            "explain (format json) select id from archiver.jobs where status = 'waiting' and next_attempt_at <= now() and step = 'archive' order by next_attempt_at limit 1"))
            .ShouldContain("jobs_waiting");
    }

    [Fact]
    public async Task Announcements_ClaimedByOneReplica_AreNotSeenByAnother()
    {
        await AddAsync(1);
        await ClaimAsync("worker");
        var token = TestContext.Current.CancellationToken;
        var claim = new ClaimAnnouncementsCommand(_jobs);

        var mine = (await claim.ExecuteAsync([JobSteps.Archive], 10, Lease, token)).ShouldHaveSingleItem();
        (await claim.ExecuteAsync([JobSteps.Archive], 10, Lease, token)).ShouldBeEmpty();
        await new ConfirmAnnouncementsCommand(_jobs).ExecuteAsync(mine, started: false, outcome: false, token);
        (await claim.ExecuteAsync([JobSteps.Archive], 10, Lease, token)).ShouldHaveSingleItem();
        await new ConfirmAnnouncementsCommand(_jobs).ExecuteAsync(mine, started: true, outcome: false, token);
        (await claim.ExecuteAsync([JobSteps.Archive], 10, Lease, token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Census_JobsInEveryState_AreCounted()
    {
        for (var number = 0; number < 4; number++)
        {
            await AddAsync(number);
        }

        var token = TestContext.Current.CancellationToken;
        var dead = (await ClaimAsync("worker")).ShouldNotBeNull();
        await new AbandonJobCommand(_jobs).ExecuteAsync(dead.Id, dead.LeaseId!.Value, TransferFailure.SourceGone, "gone", token);
        await ClaimAsync("worker");
        await ExecuteAsync("update archiver.jobs set next_attempt_at = now() - interval '100 seconds' where status = 'waiting'");

        var census = await new JobCensusQuery(_jobs).ExecuteAsync(token);

        (census.Waiting, census.Running, census.Dead).ShouldBe((2, 1, 1));
        census.OldestWaitingSeconds.ShouldBeInRange(100, 200);
    }

    [Fact]
    public async Task Migration_ManyReplicasAtOnce_AllSucceed() =>
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            MigrationRunner.RunAsync(_jobs.Source, "archiver", typeof(ArchiverDatabase).Assembly, TestContext.Current.CancellationToken)));

    private static TransferResult Result => new()
    {
        Format = "wav",
        SampleRate = 8000,
        Channels = 1,
        FileSize = 1,
        Sha256 = "0",
        Store = "disk",
        ObjectUrl = "file:///x",
    };

    private Task<ArchiveJob?> ClaimAsync(string owner) =>
        new ClaimJobCommand(_jobs).ExecuteAsync(new JobQueue(JobSteps.Archive, TwilioRecordingSource.SourceKind), "", owner, Lease, TestContext.Current.CancellationToken);

    private Task AddAsync(int number) => new AddJobCommand(_jobs).ExecuteAsync(
        new NewJob
        {
            RecordingId = Guid.CreateVersion7(),
            Provider = Providers.Twilio,
            CallId = CallSid,
            RecordingType = RecordingTypes.Provider,
            RecordingSource = RecordingSources.Twilio,
            SourceKind = TwilioRecordingSource.SourceKind,
            SourceDetails = TwilioRecordingSource.Describe(AccountSid, RecordingSid),
            ObjectKey = ObjectKey.ForCapture(CallSid, "user", "wav", StartedAt.AddSeconds(number)),
        },
        TestContext.Current.CancellationToken);
}
