using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Recordings;
using Burqi.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Burqi.Archiver.Tests.Jobs;

/// <summary>What operators see of the jobs, and can do about those that were given up.</summary>
public sealed class JobsApiTests : ArchiverTest
{
    private const string ApiKey = "key-of-the-jobs-tests";
    private readonly byte[] _content = Wav.Create(500);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Settings["BURQI_API_KEYS"] = ApiKey;
    }

    [Theory]
    [InlineData("GET", "/archive-jobs")]
    [InlineData("GET", "/archive-jobs/0199aa00-0000-7000-8000-000000000000")]
    [InlineData("POST", "/archive-jobs/retry")]
    [InlineData("POST", "/archive-jobs/0199aa00-0000-7000-8000-000000000000/retry")]
    [InlineData("POST", "/archive-jobs/0199aa00-0000-7000-8000-000000000000/dismiss")]
    public async Task Request_WithoutAKey_Is401(string method, string path)
    {
        await using var archiver = await StartArchiverAsync();
        using var client = new HttpClient { BaseAddress = archiver.Address };
        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("status=gone", "status", "The status is one of: waiting, running, completed, dead.")]
    [InlineData("step=fly", "step", "The step is one of: archive, split,")]
    [InlineData("older_than=12", "older_than", "90s, 15m, 12h or 30d")]
    [InlineData("older_than=1.5h", "older_than", "90s, 15m, 12h or 30d")]
    [InlineData("older_than=-1h", "older_than", "90s, 15m, 12h or 30d")]
    [InlineData("older_than=h", "older_than", "90s, 15m, 12h or 30d")]
    [InlineData("limit=501", "limit", "from 1 to 500")]
    [InlineData("limit=0", "limit", "from 1 to 500")]
    [InlineData("cursor=next", "cursor", "The cursor is not one")]
    [InlineData("call_id=a&call_id=b", "call_id", "exactly one value")]
    [InlineData("call_id=", "call_id", "exactly one value")]
    [InlineData("call_id=a%00b", "call_id", "exactly one value")]
    [InlineData("colour=red", "colour", "There is no such parameter.")]
    public async Task List_SomethingIsWrong_IsRefusedByName(string query, string name, string sentence)
    {
        await using var archiver = await StartArchiverAsync();

        var (status, problem) = await SendAsync(archiver, HttpMethod.Get, $"/archive-jobs?{query}");

        status.ShouldBe(HttpStatusCode.BadRequest);
        problem["errors"]![name].ShouldNotBeNull(problem.ToJsonString())[0]!.GetValue<string>().ShouldContain(sentence);
    }

    [Fact]
    public async Task List_MoreThanAPage_GoesThroughAllOfThemOnceLatestFirst()
    {
        await using var archiver = await StartArchiverAsync();
        await FillAsync(archiver, "CA-list", 7);

        var seen = new List<string>();
        var cursor = "";
        do
        {
            var (_, page) = await SendAsync(archiver, HttpMethod.Get, $"/archive-jobs?call_id=CA-list&limit=3{cursor}");
            seen.AddRange(page["items"]!.AsArray().Select(item => item!["id"]!.GetValue<string>()));
            cursor = page["next_cursor"] is { } next ? $"&cursor={next}" : "";
        }
        while (cursor.Length > 0);

        seen.Count.ShouldBe(7);
        seen.ShouldBe(seen.Distinct().OrderDescending(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", 4)]
    [InlineData("?status=dead", 1)]
    [InlineData("?status=waiting", 3)]
    [InlineData("?step=split", 1)]
    [InlineData("?provider=acs", 1)]
    [InlineData("?store=s3", 1)]
    [InlineData("?older_than=1h", 1)]
    [InlineData("?call_id=CA-1&status=waiting&older_than=0s", 0)]
    [InlineData("?status=completed", 0)]
    public async Task List_WithFilters_ShowsThoseThatAreMeant(string query, int count)
    {
        await using var archiver = await StartArchiverAsync();
        await FillAsync(archiver, "CA-", 4);
        await ExecuteAsync(
            """
            update archiver.jobs set call_id = call_id || split_part(object_key, ' ', 2);
            update archiver.jobs set status = 'dead', finished_at = now() where call_id = 'CA-1';
            update archiver.jobs set step = 'split', provider = 'acs' where call_id = 'CA-2';
            update archiver.jobs set store = 's3', created_at = now() - interval '61 minutes' where call_id = 'CA-3';
            """);

        (await SendAsync(archiver, HttpMethod.Get, $"/archive-jobs{query}")).Body["items"]!.AsArray().Count.ShouldBe(count);
    }

    [Fact]
    public async Task Retry_DeadJob_IsDoneWithAFreshBudgetAndToldOfAgain()
    {
        var message = Captured(_content);
        Peer.Answers[ContentPath(message.RecordingId)] = (context, _) => AnswerAsync(context, StatusCodes.Status410Gone);
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(message);
        var dead = await JobAsync(message.RecordingId, job => job is { Status: JobStatuses.Dead, OutcomeAnnouncedAt: not null });
        var (_, shown) = await SendAsync(archiver, HttpMethod.Get, $"/archive-jobs/{dead.Id}");
        shown["last_failure"]!.GetValue<string>().ShouldBe(nameof(TransferFailure.SourceGone));
        shown.ToJsonString().ShouldNotContain("sig=");
        Peer.Serve(ContentPath(message.RecordingId), _content);

        var (status, retried) = await SendAsync(archiver, HttpMethod.Post, $"/archive-jobs/{dead.Id}/retry");

        status.ShouldBe(HttpStatusCode.OK);
        retried["status"]!.GetValue<string>().ShouldBe(JobStatuses.Waiting);
        retried["attempts"]!.GetValue<int>().ShouldBe(0);
        var job = await JobAsync(message.RecordingId, job => job is { Status: JobStatuses.Completed, OutcomeAnnouncedAt: not null });
        job.Attempts.ShouldBe(1);
        job.TakenUpAt.ShouldNotBeNull().ShouldBeGreaterThan(dead.FinishedAt!.Value);
        StoredFiles().ShouldHaveSingleItem();
        archiver.Published.Of<RecordingArchiveFailed>().ShouldHaveSingleItem();
        archiver.Published.Of<RecordingArchived>().ShouldHaveSingleItem().RecordingId.ShouldBe(message.RecordingId);
    }

    [Theory]
    [InlineData(JobSteps.DeleteRecording, "{0}/retry")]
    [InlineData(JobSteps.DeleteRecording, "retry?step=delete-recording")]
    [InlineData(JobSteps.SetTier, "{0}/retry")]
    [InlineData(JobSteps.SetTier, "retry?step=set-tier")]
    public async Task Retry_DeadJobOfWhatWasToBecomeOfARecording_IsDone(string step, string path)
    {
        await using var archiver = await StartArchiverAsync();
        await Eventually.BecomesTrueAsync(async () => (await archiver.CheckAsync("archiver-database")).Status != HealthStatus.Unhealthy);
        var (id, recordingId) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await ExecuteAsync(
            $$"""
            insert into archiver.jobs
                (id, recording_id, step, status, provider, call_id, recording_type, recording_source, source_kind, source_details, finished_at, outcome_announced_at, destination)
            values ('{{id}}', '{{recordingId}}', '{{step}}', 'dead', 'twilio', 'CA-dead', 'user', 'local', 'stored',
                    '{"deletion_id": "{{Guid.CreateVersion7()}}", "reason": "Kept for 30 days.", "tier": "cool"}', now(), now(), 'store/disk')
            """);

        var (status, body) = await SendAsync(archiver, HttpMethod.Post, $"/archive-jobs/{string.Format(CultureInfo.InvariantCulture, path, id)}");

        status.ShouldBe(HttpStatusCode.OK, body.ToJsonString());
        await Eventually.BecomesTrueAsync(async () => await JobAsync(recordingId, step) is { Status: JobStatuses.Completed, OutcomeAnnouncedAt: not null });
        (archiver.Published.Of<RecordingDeleted>().Count + archiver.Published.Of<RecordingTierChanged>().Count).ShouldBe(1);
    }

    [Fact]
    public async Task RetryAndDismiss_NotADeadJob_IsRefused()
    {
        await using var archiver = await StartArchiverAsync();
        await FillAsync(archiver, "CA-list", 2);
        await ExecuteAsync("update archiver.jobs set status = 'dead', object_key = null, finished_at = now() where object_key = 'CA-list 2'");
        var waiting = await ScalarAsync<Guid>("select id from archiver.jobs where status = 'waiting'");
        var refused = await ScalarAsync<Guid>("select id from archiver.jobs where status = 'dead'");

        foreach (var action in new[] { "retry", "dismiss" })
        {
            var (status, problem) = await SendAsync(archiver, HttpMethod.Post, $"/archive-jobs/{waiting}/{action}");
            status.ShouldBe(HttpStatusCode.Conflict);
            problem["detail"]!.GetValue<string>().ShouldStartWith("The job is waiting: only a dead one");
            (await SendAsync(archiver, HttpMethod.Post, $"/archive-jobs/{Guid.NewGuid()}/{action}")).Status.ShouldBe(HttpStatusCode.NotFound);
            (await SendAsync(archiver, HttpMethod.Post, $"/archive-jobs/x/{action}")).Status.ShouldBe(HttpStatusCode.NotFound);
        }

        (await SendAsync(archiver, HttpMethod.Get, "/archive-jobs/x")).Status.ShouldBe(HttpStatusCode.NotFound);
        var (conflict, why) = await SendAsync(archiver, HttpMethod.Post, $"/archive-jobs/{refused}/retry");
        conflict.ShouldBe(HttpStatusCode.Conflict);
        why["detail"]!.GetValue<string>().ShouldContain("no attempt can end differently");
    }

    [Fact]
    public async Task RetryAll_WithAFilter_TakesThoseThatAreMeantAndDead()
    {
        await using var archiver = await StartArchiverAsync();
        await FillAsync(archiver, "CA-one", 3);
        await FillAsync(archiver, "CA-two", 2);
        await ExecuteAsync(
            "update archiver.jobs set step = 'of another release', status = 'dead', finished_at = now() where object_key <> 'CA-one 1'"); // nobody takes it up here

        (await SendAsync(archiver, HttpMethod.Post, "/archive-jobs/retry?call_id=CA-one&status=dead")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await SendAsync(archiver, HttpMethod.Post, "/archive-jobs/retry?call_id=CA-one")).Body["retried"]!.GetValue<int>().ShouldBe(2);
        (await ScalarAsync<long>("select count(*) from archiver.jobs where status = 'dead'")).ShouldBe(2);
        (await SendAsync(archiver, HttpMethod.Post, "/archive-jobs/retry")).Body["retried"]!.GetValue<int>().ShouldBe(2);
        (await ScalarAsync<long>("select count(*) from archiver.jobs where status = 'dead'")).ShouldBe(0);
    }

    [Fact]
    public async Task Health_JobsWereGivenUp_IsDegradedUntilTheyAreDismissed()
    {
        await using var archiver = await StartArchiverAsync();
        await FillAsync(archiver, "CA-list", 2);
        (await archiver.CheckAsync("archiver-database")).Status.ShouldBe(HealthStatus.Healthy);
        await ExecuteAsync("update archiver.jobs set status = 'dead', finished_at = now()");

        var health = await archiver.CheckAsync("archiver-database");
        health.Status.ShouldBe(HealthStatus.Degraded);
        health.Description.ShouldBe("2 jobs were given up: see them, and retry or dismiss them, with burqi jobs.");
        foreach (var item in (await SendAsync(archiver, HttpMethod.Get, "/archive-jobs?status=dead")).Body["items"]!.AsArray())
        {
            (await SendAsync(archiver, HttpMethod.Post, $"/archive-jobs/{item!["id"]}/dismiss")).Body["dismissed_at"].ShouldNotBeNull();
        }

        (await archiver.CheckAsync("archiver-database")).Status.ShouldBe(HealthStatus.Healthy);
    }

    /// <summary>Puts jobs on the table that are not due for an hour.</summary>
    private async Task FillAsync(ArchiverHost archiver, string call, int count)
    {
        await Eventually.BecomesTrueAsync(async () => (await archiver.CheckAsync("archiver-database")).Status != HealthStatus.Unhealthy);
        for (var number = 1; number <= count; number++)
        {
            await ExecuteAsync(
                $"""
                insert into archiver.jobs
                    (id, recording_id, step, status, provider, call_id, recording_type, recording_source, source_kind, source_details, object_key, next_attempt_at)
                values ('{Guid.CreateVersion7()}', gen_random_uuid(), 'archive', 'waiting', 'twilio', '{call}', 'user', 'local', 'media_node', '{"{}"}',
                        '{call} {number}', now() + interval '1 hour')
                """);
        }
    }

    private static Task AnswerAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static async Task<(HttpStatusCode Status, JsonNode Body)> SendAsync(ArchiverHost archiver, HttpMethod method, string path)
    {
        using var client = new HttpClient { BaseAddress = archiver.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", ApiKey);
        using var response = await client.SendAsync(new HttpRequestMessage(method, path), Cancellation);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!);
    }
}
