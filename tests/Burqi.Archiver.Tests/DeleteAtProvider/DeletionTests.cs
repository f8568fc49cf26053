using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Queues;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Assistants;
using Burqi.Contracts.Recordings;
using Burqi.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Burqi.Archiver.Tests.DeleteAtProvider;

/// <summary>Twilio's own copy of a recording goes where its assistant wants that, and never before ours is certain.</summary>
public sealed class DeletionTests : ArchiverTest
{
    private const string Assistant1 = "front-desk";

    private readonly byte[] _content = Wav.Create(1000, channels: 2);
    private readonly ProviderRecordingReady _message = Ready() with { AssistantId = Assistant1, CreateDatabaseRecords = false };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Peer.Serve(TwilioMediaPath, _content);
        Answer(StatusCodes.Status204NoContent);
    }

    [Theory]
    [InlineData(StatusCodes.Status204NoContent)]
    [InlineData(StatusCodes.Status404NotFound)] // somebody else deleted it
    public async Task Archived_AssistantWantsItAtOnce_IsDeletedAfterTheSplitsAndTold(int status)
    {
        Answer(status);
        Settings["TWILIO_CREDENTIALS"] = "sales";
        Settings["TWILIO_SALES_ACCOUNT_SID"] = "AC00000000000000000000000000000002";
        Settings["TWILIO_SALES_AUTH_TOKEN"] = "token-of-sales";
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant(Assistant1, credentials: "sales", deleteAfterDays: 0));

        await archiver.PublishAsync(_message);
        var job = await DeletionAsync(_message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        job.Status.ShouldBe(JobStatuses.Completed);
        var deletion = Deletions().ShouldHaveSingleItem();
        // To its own account alone Twilio says for certain whether it is gone, whoever fetched it.
        deletion.Authorization.ShouldBe("Basic " + Convert.ToBase64String("AC00000000000000000000000000000001:token"u8));
        foreach (var type in new[] { RecordingTypes.User, RecordingTypes.Assistant })
        {
            (await SplitAsync(_message, type, job => job.Status == JobStatuses.Completed)).FinishedAt.ShouldNotBeNull().ShouldBeLessThan(job.FinishedAt!.Value);
        }

        var deleted = archiver.Published.Of<ProviderRecordingDeleted>().ShouldHaveSingleItem();
        deleted.ShouldBe(new ProviderRecordingDeleted
        {
            RecordingId = _message.RecordingId,
            Provider = _message.Provider,
            CallId = CallSid,
            RecordingType = RecordingTypes.Provider,
            RecordingSource = RecordingSources.Twilio,
            ProviderRecordingId = RecordingSid,
            AssistantId = Assistant1,
            ObjectKey = $"recordings/2026/11/20/{CallSid}/{CallSid}_{RecordingSid}.wav",
            DeletedAt = new DateTimeOffset(job.DeletedAtProviderAt!.Value, TimeSpan.Zero),
            CreateDatabaseRecords = false,
        });
        archiver.Published.Of<RecordingArchiveStarted>().Count(one => one.RecordingId == _message.RecordingId).ShouldBe(1);
        archiver.Published.Of<RecordingArchived>().Count(one => one.RecordingId == _message.RecordingId).ShouldBe(1);
    }

    [Theory]
    [InlineData(Assistant1)]
    [InlineData(null)]
    public async Task Archived_NobodyWantsIt_NothingIsDeleted(string? assistantId)
    {
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant(Assistant1));
        var message = _message with { AssistantId = assistantId };

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        (await JobAsync(message.RecordingId, JobSteps.DeleteAtProvider)).ShouldBeNull();
    }

    [Fact]
    public async Task Archived_AssistantWantsItAfterSomeDays_IsDeletedThenAndNotBefore()
    {
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 30));

        await archiver.PublishAsync(_message);
        await DeletionAsync(_message.RecordingId, job => job.Status == JobStatuses.Waiting);
        (await ScalarAsync<double>("select extract(epoch from next_attempt_at - now())::float8 / 86400 from archiver.jobs where step = 'delete-at-provider'"))
            .ShouldBeInRange(29.9, 30);
        (await archiver.CheckAsync("archiver-database")).Data["waiting"].ShouldBeOfType<long>().ShouldBeLessThan(3); // the splits, if any

        // Its clock is ahead, but it was archived only now: it has to wait for the rest.
        await DueAsync();
        await DeletionAsync(_message.RecordingId, job => job is { Status: JobStatuses.Waiting, TakenUpAt: null });
        Deletions().ShouldBeEmpty();

        await ExecuteAsync("update archiver.jobs set finished_at = finished_at - interval '30 days 1 minute' where step = 'archive'");
        await DueAsync();
        await DeletionAsync(_message.RecordingId, job => job.DeletedAtProviderAt is not null);

        Deletions().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Due_AssistantChangedItsMind_IsLeftAndTheRowSaysSo()
    {
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 30));
        await archiver.PublishAsync(_message);
        await DeletionAsync(_message.RecordingId, job => job.Status == JobStatuses.Waiting);

        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: null, version: 2));
        await DueAsync();
        var job = await DeletionAsync(_message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        (job.Status, job.Note, job.DeletedAtProviderAt).ShouldBe((JobStatuses.Completed, "Its assistant does not, or no longer, ask for it to be deleted.", null));
        Deletions().ShouldBeEmpty();
        archiver.Published.Of<ProviderRecordingDeleted>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Due_AssistantWantsItLaterThanBefore_WaitsAnew()
    {
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 1));
        await archiver.PublishAsync(_message);
        await DeletionAsync(_message.RecordingId, job => job.Status == JobStatuses.Waiting);

        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 90, version: 2));
        await DueAsync();

        await Eventually.BecomesTrueAsync(async () =>
            await ScalarAsync<double>("select extract(epoch from next_attempt_at - now())::float8 / 86400 from archiver.jobs where step = 'delete-at-provider'") > 89);
        Deletions().ShouldBeEmpty();
    }

    /// <summary>A job that asks nobody does not show that the provider is back.</summary>
    [Fact]
    public async Task Due_TimeHasNotComeWhileTheProviderIsLeftAlone_ItStaysLeftAlone()
    {
        Settings["Archiver:Destinations:Break"] = "00:00:00.500";
        Settings["Archiver:Destinations:LongestBreak"] = "00:00:00.500";
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 30));
        await archiver.PublishAsync(_message);
        await DeletionAsync(_message.RecordingId, job => job.Status == JobStatuses.Waiting);
        var provider = await ScalarAsync<string>("select destination from archiver.jobs where step = 'delete-at-provider'");
        for (var attempt = 0; attempt < 20; attempt++)
        {
            archiver.Destinations.End(archiver.Destinations.Begin([provider!]), JobEnd.Failed(TransferFailure.SourceUnavailable));
        }

        (await archiver.CheckAsync("archiver-destinations")).Status.ShouldBe(HealthStatus.Degraded);

        await DueAsync();
        await DeletionAsync(_message.RecordingId, job => job is { Status: JobStatuses.Waiting, TakenUpAt: null });

        (await archiver.CheckAsync("archiver-destinations")).Status.ShouldBe(HealthStatus.Degraded);
        archiver.LogText.ShouldNotContain("is back: its jobs are taken up again");
    }

    [Fact]
    public async Task Due_AssistantWasDeleted_IsLeft()
    {
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 30));
        await archiver.PublishAsync(_message);
        await DeletionAsync(_message.RecordingId, job => job.Status == JobStatuses.Waiting);

        await archiver.TellAsync(new AssistantDeleted { AssistantId = Assistant1, Version = 2, DeletedAt = StartedAt });
        await DueAsync();

        (await DeletionAsync(_message.RecordingId, job => job.Status == JobStatuses.Completed)).Note.ShouldNotBeNull();
        Deletions().ShouldBeEmpty();
    }

    [Fact]
    public async Task Archived_BeforeAnythingWasHeardOfTheAssistant_IsDeletedOnceItIsKnownToWantIt()
    {
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(_message);
        await DeletionAsync(_message.RecordingId, job => job is { Status: JobStatuses.Waiting, Attempts: > 1 });
        Deletions().ShouldBeEmpty();

        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 0));
        await DeletionAsync(_message.RecordingId, job => job.DeletedAtProviderAt is not null);

        Deletions().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Archived_NothingIsEverHeardOfTheAssistant_IsLeft()
    {
        Settings["Archiver:UnknownAssistantGrace"] = "00:00:00.300";
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(_message);
        var job = await DeletionAsync(_message.RecordingId, job => job.Status == JobStatuses.Completed);

        job.Note.ShouldBe("Nothing was heard of its assistant, so nobody asked for it to be deleted.");
        Deletions().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null)] // taken back while the archiver was down
    [InlineData(1)]
    public async Task Due_AfterAStart_NothingIsDeletedBeforeTheAssistantIsToldAnew(int? nowWanted)
    {
        await using (var archiver = await StartArchiverAsync())
        {
            await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 1));
            await archiver.PublishAsync(_message);
            await DeletionAsync(_message.RecordingId, job => job.Status == JobStatuses.Waiting);
            await SplitsAsync();
        }

        await ExecuteAsync("update archiver.jobs set finished_at = finished_at - interval '1 day 1 minute' where step = 'archive'");
        await DueAsync();
        Settings["Archiver:UnknownAssistantGrace"] = "00:00:00"; // it is not unknown, and waited for all the same
        await using var next = await StartArchiverAsync();
        await DeletionAsync(_message.RecordingId, job => job is { Status: JobStatuses.Waiting, Attempts: > 1 });
        Deletions().ShouldBeEmpty();

        await next.TellAsync(Assistant(Assistant1, deleteAfterDays: nowWanted, version: nowWanted is null ? 2 : 1));
        var job = await DeletionAsync(_message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        (job.Status, job.DeletedAtProviderAt is null).ShouldBe((JobStatuses.Completed, nowWanted is null));
        Deletions().Count.ShouldBe(nowWanted is null ? 0 : 1);
    }

    [Fact]
    public async Task Archived_AfterAStartBeforeTheAssistantIsToldAnew_GoesByWhatItIsThenTold()
    {
        await using (var archiver = await StartArchiverAsync())
        {
            await archiver.TellAsync(Assistant(Assistant1));
        }

        await using var next = await StartArchiverAsync();
        await next.PublishAsync(_message);
        await DeletionAsync(_message.RecordingId, job => job is { Status: JobStatuses.Waiting, Attempts: > 1 });
        await next.TellAsync(Assistant(Assistant1, deleteAfterDays: 0, version: 2));
        await DeletionAsync(_message.RecordingId, job => job.DeletedAtProviderAt is not null);

        Deletions().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(true, "The store does not have the object that it had taken. The provider's copy stays.")]
    [InlineData(false, "The store gives back 32044 bytes that are not the 32044 bytes it was given. The provider's copy stays.")]
    public async Task Due_OurCopyIsGoneOrDamaged_NothingIsDeletedAndItIsSeen(bool isGone, string reason)
    {
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 1));
        await archiver.PublishAsync(_message);
        var stored = Path.Combine(ObjectsFolder, (await DeletionAsync(_message.RecordingId, job => job.Status == JobStatuses.Waiting)).ObjectKey!);
        await SplitsAsync();
        if (isGone)
        {
            File.Delete(stored);
        }
        else
        {
            await File.WriteAllBytesAsync(stored, Wav.Create(1000, channels: 2, seed: 2));
        }

        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 0, version: 2));
        await DueAsync();
        var job = await DeletionAsync(_message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        (job.Status, job.LastFailure, job.LastError).ShouldBe((JobStatuses.Dead, nameof(TransferFailure.Refused), reason));
        Deletions().ShouldBeEmpty();
        archiver.LogText.ShouldContain($"Step delete-at-provider of recording {_message.RecordingId} was given up after 1 attempts. {reason}");
        (await archiver.CheckAsync("archiver-database")).Data["dead"].ShouldBe(1L);
        archiver.Published.Of<RecordingArchiveFailed>().ShouldBeEmpty(); // what is archived is archived
        archiver.Published.Of<ProviderRecordingDeleted>().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true, 0, null)]
    [InlineData(true, 1, "is not what was archived")]
    [InlineData(false, 0, "without a checksum")]
    public async Task Due_OurCopyLiesInTheArchiveTier_IsVerifiedByWhatTheStoreSaysOfIt(bool hasChecksum, int more, string? reason)
    {
        Settings["BURQI_FALLBACK_STORE"] = "s3";
        Settings["S3_RECORDING_BUCKET"] = "bucket";
        Settings["AWS_ENDPOINT_URL_S3"] = Peer.BaseUrl;
        Settings["AWS_ACCESS_KEY_ID"] = "key";
        Settings["AWS_SECRET_ACCESS_KEY"] = "secret";
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 1));
        await archiver.PublishAsync(_message);
        await SplitsAsync();
        var deletion = await DeletionAsync(_message.RecordingId, job => job.Status == JobStatuses.Waiting);
        Peer.Answers[$"/bucket/{deletion.ObjectKey}"] = async (context, _) =>
        {
            if (context.Request.Method != "HEAD")
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                await context.Response.WriteAsync("<Error><Code>InvalidObjectState</Code><Message>It is archived.</Message></Error>");
                return;
            }

            context.Response.ContentLength = _content.Length + more;
            context.Response.Headers["x-amz-storage-class"] = "GLACIER";
            if (hasChecksum)
            {
                context.Response.Headers["x-amz-meta-sha256"] = Wav.Sha256(_content);
            }
        };

        await ExecuteAsync(
            "update archiver.jobs set store = 's3' where step = 'delete-at-provider'; update archiver.jobs set finished_at = now() - interval '2 days' where step = 'archive'");
        await DueAsync();
        var job = await DeletionAsync(_message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        job.Status.ShouldBe(reason is null ? JobStatuses.Completed : JobStatuses.Dead);
        Deletions().Count.ShouldBe(reason is null ? 1 : 0);
        if (reason is not null)
        {
            job.LastError.ShouldNotBeNull().ShouldContain(reason);
        }
    }

    [Fact]
    public async Task Due_ChannelsAreNotSplitOffYet_WaitsForThem()
    {
        var blocked = Block(RecordingTypes.Assistant);
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 0));
        await archiver.PublishAsync(_message);
        await SplitAsync(_message, RecordingTypes.Assistant, job => job.Attempts > 3);
        (await DeletionAsync(_message.RecordingId, job => job.Status == JobStatuses.Waiting)).Attempts.ShouldBe(0);
        Deletions().ShouldBeEmpty();

        Directory.Delete(blocked, recursive: true);
        await DeletionAsync(_message.RecordingId, job => job.DeletedAtProviderAt is not null);

        (await SplitAsync(_message, RecordingTypes.Assistant, _ => true)).Status.ShouldBe(JobStatuses.Completed);
        Deletions().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Due_AChannelCouldNotBeSplitOff_NothingIsDeleted()
    {
        Block(RecordingTypes.Assistant);
        Settings["Archiver:GiveUpAfter"] = "00:00:01";
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 0));

        await archiver.PublishAsync(_message);
        var job = await DeletionAsync(_message.RecordingId, job => job.Status == JobStatuses.Dead);

        job.LastError.ShouldBe("A channel of the recording could not be split off: the provider's copy stays.");
        Deletions().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(StatusCodes.Status401Unauthorized)]
    [InlineData(StatusCodes.Status403Forbidden)]
    public async Task Delete_TwilioDoesNotAllowIt_IsGivenUpAndSeen(int status)
    {
        Answer(status);
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 0));

        await archiver.PublishAsync(_message);
        var job = await DeletionAsync(_message.RecordingId, job => job.Status == JobStatuses.Dead);

        job.LastError.ShouldBe($"Twilio did not let TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN delete the recording ({status}): its copy stays.");
        Deletions().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("deleted", true)]
    [InlineData("completed", false)]
    [InlineData(null, false)] // it is not shown at all
    public async Task Delete_NotFoundByAnotherAccount_IsDoneOnlyWhereTheMetadataSaysSo(string? status, bool isDone)
    {
        Settings["TWILIO_ACCOUNT_SID"] = "AC00000000000000000000000000000002";
        Peer.Answers[TwilioMetadataPath] = (context, _) => context.Request.Method == HttpMethods.Get && status is not null
            ? context.Response.WriteAsync($"{{\"status\":\"{status}\"}}")
            : AnswerAsync(context, StatusCodes.Status404NotFound);
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 0));

        await archiver.PublishAsync(_message);
        var job = await DeletionAsync(_message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        (job.Status, job.DeletedAtProviderAt is not null).ShouldBe((isDone ? JobStatuses.Completed : JobStatuses.Dead, isDone));
        job.LastError.ShouldBe(isDone ? null : "Twilio did not find the recording (404), but TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not of its account, and nothing says that it is deleted: its copy stays.");
        Deletions().ShouldHaveSingleItem();
        archiver.Published.Of<ProviderRecordingDeleted>().Count.ShouldBe(isDone ? 1 : 0);
    }

    [Theory]
    [InlineData(StatusCodes.Status429TooManyRequests)]
    [InlineData(StatusCodes.Status500InternalServerError)]
    [InlineData(StatusCodes.Status400BadRequest)]
    public async Task Delete_TwilioFailsForAWhile_IsTriedUntilItIsDone(int status)
    {
        Peer.Answers[TwilioMetadataPath] = (context, number) => AnswerAsync(context, number < 8 ? status : StatusCodes.Status204NoContent);
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 0));

        await archiver.PublishAsync(_message);
        await DeletionAsync(_message.RecordingId, job => job.DeletedAtProviderAt is not null);

        Deletions().Count.ShouldBe(9);
    }

    [Fact]
    public async Task Delete_CredentialsOfTheAssistantAreMissing_NothingIsAskedAndItIsTriedAgain()
    {
        Settings["TWILIO_ACCOUNT_SID"] = "AC00000000000000000000000000000002";
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 1));
        await archiver.PublishAsync(_message);
        await DeletionAsync(_message.RecordingId, job => job.Status == JobStatuses.Waiting);

        await archiver.TellAsync(Assistant(Assistant1, credentials: "billing", deleteAfterDays: 0, version: 2));
        await DueAsync();
        var job = await DeletionAsync(_message.RecordingId, job => job is { Status: JobStatuses.Waiting, LastFailure: nameof(TransferFailure.SourceRefused) });

        job.LastError!.ShouldContain("'billing'");
        Deletions().ShouldBeEmpty();
    }

    [Fact]
    public async Task Deleted_BrokerAway_IsToldLaterAndRepetitionsDeleteNothing()
    {
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 1));
        await archiver.PublishAsync(_message);
        await DeletionAsync(_message.RecordingId, job => job.Status == JobStatuses.Waiting);
        await SplitsAsync();
        await JobAsync(_message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        archiver.Published.Outage = true;
        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 0, version: 2));
        await DueAsync();
        await Eventually.BecomesTrueAsync(() => archiver.Published.Refused > 0);
        (await DeletionAsync(_message.RecordingId, job => job.DeletedAtProviderAt is not null)).OutcomeAnnouncedAt.ShouldBeNull();
        archiver.Published.Outage = false;
        await DeletionAsync(_message.RecordingId, job => job.OutcomeAnnouncedAt is not null);
        await archiver.PublishAsync(_message);
        await archiver.PublishAsync(_message);
        await archiver.PublishAsync(_message with { RecordingId = Guid.CreateVersion7(), AssistantId = null, ProviderRecordingId = "RE1" }); // the last one: all before it are done

        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<RecordingArchiveFailed>().Count == 1);
        archiver.Published.Of<ProviderRecordingDeleted>().ShouldHaveSingleItem();
        Deletions().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Lost_WhileTwilioDeletes_WhoeverTakesItOverFindsItGoneAndTellsIt()
    {
        // It is deleted, but nobody learns of it.
        var asked = new TaskCompletionSource();
        Peer.Answers[TwilioMetadataPath] = async (context, number) =>
        {
            asked.TrySetResult();
            if (number == 0)
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            await AnswerAsync(context, StatusCodes.Status404NotFound);
        };
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant(Assistant1, deleteAfterDays: 0));
        await archiver.PublishAsync(_message);
        await asked.Task.WaitAsync(TimeSpan.FromMinutes(2));

        // As kill -9 leaves it: a lease of somebody who says nothing any more.
        await ExecuteAsync("update archiver.jobs set lease_id = gen_random_uuid(), lease_expires_at = now() where step = 'delete-at-provider'");
        var job = await DeletionAsync(_message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        (job.Status, job.DeletedAtProviderAt is null).ShouldBe((JobStatuses.Completed, false));
        Deletions().Count.ShouldBe(2);
        archiver.Published.Of<ProviderRecordingDeleted>().ShouldHaveSingleItem().RecordingId.ShouldBe(_message.RecordingId);
    }

    private IReadOnlyList<SeenRequest> Deletions() => [.. Peer.Seen.Where(seen => seen.Method == HttpMethods.Delete && seen.Path == TwilioMetadataPath)];

    private void Answer(int status) => Peer.Answers[TwilioMetadataPath] = (context, _) => AnswerAsync(context, status);

    private static Task AnswerAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private Task DueAsync() => ExecuteAsync("update archiver.jobs set next_attempt_at = now(), taken_up_at = now() where step = 'delete-at-provider'");

    private async Task SplitsAsync()
    {
        await SplitAsync(_message, RecordingTypes.User, job => job.OutcomeAnnouncedAt is not null);
        await SplitAsync(_message, RecordingTypes.Assistant, job => job.OutcomeAnnouncedAt is not null);
    }

    /// <summary>A folder where the channel's file is to be.</summary>
    private string Block(string type)
    {
        var path = Path.Combine(ObjectsFolder, $"recordings/2026/11/20/{CallSid}/{CallSid}_{RecordingSid}_{type}.wav");
        Directory.CreateDirectory(Path.Combine(path, "occupied"));
        return path;
    }
}
