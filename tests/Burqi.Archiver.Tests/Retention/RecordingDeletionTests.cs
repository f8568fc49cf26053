using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Recordings;
using Burqi.Testing;
using Microsoft.AspNetCore.Http;

namespace Burqi.Archiver.Tests.Retention;

/// <summary>A recording that is to be deleted is gone everywhere, whatever is being done with it, and does not come back.</summary>
public sealed class RecordingDeletionTests : ArchiverTest
{
    private readonly byte[] _content = Wav.Create(500);

    [Fact]
    public async Task Requested_OfAnArchivedCapture_ObjectAndLocalFileGoAndItIsToldAsOftenAsAsked()
    {
        var captured = Captured(_content);
        Serve(captured);
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(captured);
        await JobAsync(captured.RecordingId, job => job.OutcomeAnnouncedAt is not null);
        StoredFiles().ShouldNotBeEmpty();

        var asked = Asked(captured);
        await archiver.PublishAsync(asked);
        var job = await DoneAsync(captured.RecordingId);

        (job.Status, job.Note).ShouldBe((JobStatuses.Completed, null));
        StoredFiles().ShouldBeEmpty();
        var request = Peer.Seen.Where(seen => seen.Method == "DELETE").ShouldHaveSingleItem();
        request.Path.ShouldBe(ContentPath(captured.RecordingId));
        request.Query.ShouldBe($"?exp=1&sig=secret&file={Uri.EscapeDataString(captured.FilePath)}");
        archiver.Published.Of<RecordingDeleted>().ShouldHaveSingleItem().ShouldBe(new RecordingDeleted
        {
            RecordingId = captured.RecordingId,
            Provider = captured.Provider,
            CallId = CallSid,
            RecordingType = captured.RecordingType,
            RecordingSource = captured.RecordingSource,
            DeletionId = asked.DeletionId,
            DeletedAt = new DateTimeOffset(job.FinishedAt!.Value, TimeSpan.Zero),
        });
        (await JobAsync(captured.RecordingId)).ShouldNotBeNull().ShouldSatisfyAllConditions(
            archived => archived.ObjectKey.ShouldBeNull(), archived => archived.ObjectUrl.ShouldBeNull(), archived => archived.Sha256.ShouldBe(captured.Sha256));

        // The answer was lost: it is given again, and nothing is done.
        await archiver.PublishAsync(asked);
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<RecordingDeleted>().Count == 2);
        archiver.Published.Of<RecordingDeleted>()[1].ShouldBe(archiver.Published.Of<RecordingDeleted>()[0]);

        // The node announces again, as after a restart.
        await archiver.PublishAsync(captured with { ContentUrl = captured.ContentUrl.Replace("exp=1", "exp=2", StringComparison.Ordinal) });
        await IsThroughAsync(archiver);
        StoredFiles().Count.ShouldBe(1, "that of the other recording alone");
        archiver.Published.Of<RecordingArchived>().Count(told => told.RecordingId == captured.RecordingId).ShouldBe(1);
        Peer.Seen.Count(seen => seen.Method == "DELETE").ShouldBe(1);
    }

    [Theory]
    [InlineData(StatusCodes.Status204NoContent, null)]
    [InlineData(StatusCodes.Status404NotFound, null)]
    [InlineData(StatusCodes.Status401Unauthorized, "its copy stays")]
    public async Task Requested_OfTheProvidersRecording_ItsCopyGoesOrThatItStaysIsNoted(int status, string? note)
    {
        var ready = Ready() with { Channels = 1 };
        Peer.Serve(TwilioMediaPath, _content);
        Peer.Answers[TwilioMetadataPath] = (context, _) =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(ready);
        await JobAsync(ready.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        await archiver.PublishAsync(Asked(ready));
        var job = await DoneAsync(ready.RecordingId);

        job.Status.ShouldBe(JobStatuses.Completed);
        StoredFiles().ShouldBeEmpty();
        var told = archiver.Published.Of<RecordingDeleted>().ShouldHaveSingleItem();
        told.ProviderRecordingId.ShouldBe(RecordingSid);
        var atProvider = archiver.Published.Of<ProviderRecordingDeleted>();
        if (note is null)
        {
            told.Note.ShouldBeNull();
            atProvider.ShouldHaveSingleItem().RecordingId.ShouldBe(ready.RecordingId);
        }
        else
        {
            told.Note.ShouldNotBeNull().ShouldContain(note);
            atProvider.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Requested_MediaNodeIsAway_IsTriedForADayAndThenNoted()
    {
        var captured = Captured(_content);
        Peer.Answers[ContentPath(captured.RecordingId)] = (context, _) =>
        {
            if (context.Request.Method == "GET")
            {
                return HttpPeer.WriteAsync(context, _content);
            }

            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        };
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(captured);
        await JobAsync(captured.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        await archiver.PublishAsync(Asked(captured));
        await Eventually.BecomesTrueAsync(async () => await DeletionJobAsync(captured.RecordingId) is { Status: JobStatuses.Waiting, Attempts: > 1 });
        StoredFiles().ShouldBeEmpty();
        archiver.Published.Of<RecordingDeleted>().ShouldBeEmpty();

        await ExecuteAsync("update archiver.jobs set taken_up_at = now() - interval '25 hours', next_attempt_at = now() where step = 'delete-recording'");
        var job = await DoneAsync(captured.RecordingId);

        job.Status.ShouldBe(JobStatuses.Completed);
        archiver.Published.Of<RecordingDeleted>().ShouldHaveSingleItem().Note.ShouldNotBeNull().ShouldContain("Should the node come back");
    }

    [Fact]
    public async Task Requested_BeforeItIsArchived_ItNeverIs()
    {
        var captured = Captured(_content);
        Peer.Answers[ContentPath(captured.RecordingId)] = (context, _) =>
        {
            context.Response.StatusCode = context.Request.Method == "GET" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        };
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(captured);
        await JobAsync(captured.RecordingId, job => job.Attempts > 0);

        await archiver.PublishAsync(Asked(captured));
        await DoneAsync(captured.RecordingId);

        Serve(captured);
        (await JobAsync(captured.RecordingId)).ShouldNotBeNull().ShouldSatisfyAllConditions(
            job => job.Status.ShouldBe(JobStatuses.Completed), job => job.Note.ShouldNotBeNull(), job => job.Store.ShouldBeNull());
        await archiver.PublishAsync(captured);
        await IsThroughAsync(archiver);
        archiver.Published.Of<RecordingArchived>().ShouldNotContain(told => told.RecordingId == captured.RecordingId);
        archiver.Published.Of<RecordingArchiveFailed>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Requested_WhileItIsBeingArchived_WhatTheWorkerPutThereGoesToo()
    {
        Settings["Archiver:LeaseDuration"] = "00:00:01";
        var captured = Captured(_content);
        var isOpen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var mayEnd = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Peer.Answers[ContentPath(captured.RecordingId)] = async (context, _) =>
        {
            if (context.Request.Method == "GET")
            {
                isOpen.TrySetResult();
                await mayEnd.Task;
                await HttpPeer.WriteAsync(context, _content);
                return;
            }

            context.Response.StatusCode = StatusCodes.Status204NoContent;
        };
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(captured);
        await isOpen.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        await archiver.PublishAsync(Asked(captured));
        await JobAsync(captured.RecordingId, job => job is { Status: JobStatuses.Completed, Note: not null });
        mayEnd.SetResult();
        await DoneAsync(captured.RecordingId);

        await IsThroughAsync(archiver);
        StoredFiles().Count.ShouldBe(1, "that of the other recording alone");
        archiver.Published.Of<RecordingArchived>().ShouldNotContain(told => told.RecordingId == captured.RecordingId);
    }

    [Fact]
    public async Task Requested_OfWhatWasNeverHeardOf_IsDeletedWhereItLiesWhenItIs()
    {
        var captured = Captured(_content);
        Serve(captured);
        await using var archiver = await StartArchiverAsync();

        var asked = Asked(captured);
        await archiver.PublishAsync(asked);
        (await DoneAsync(captured.RecordingId)).Note.ShouldNotBeNull().ShouldContain("No media node has announced a file");
        await archiver.PublishAsync(captured);
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<RecordingDeleted>().Count == 2);

        archiver.Published.Of<RecordingDeleted>().ShouldAllBe(told => told.DeletionId == asked.DeletionId);
        archiver.Published.Of<RecordingDeleted>().Count(told => told.Note is null).ShouldBe(1);
        Peer.Seen.Where(seen => seen.Method == "DELETE").ShouldHaveSingleItem().Path.ShouldBe(ContentPath(captured.RecordingId));

        // It is known now, and gone.
        await archiver.PublishAsync(captured);
        await IsThroughAsync(archiver);
        Peer.Seen.Count(seen => seen.Method == "DELETE").ShouldBe(1);
        archiver.Published.Of<RecordingDeleted>().Count.ShouldBe(2);
        archiver.Published.Of<RecordingArchived>().ShouldNotContain(told => told.RecordingId == captured.RecordingId);
    }

    [Fact]
    public async Task Requested_ProviderDoesNotAnswer_WhatIsOursGoesAllTheSame()
    {
        var ready = Ready() with { Channels = 1 };
        Peer.Serve(TwilioMediaPath, _content);
        Peer.Answers[TwilioMetadataPath] = (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        };
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(ready);
        await JobAsync(ready.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        await archiver.PublishAsync(Asked(ready));
        await Eventually.BecomesTrueAsync(async () => await DeletionJobAsync(ready.RecordingId) is { Attempts: > 1 });

        StoredFiles().ShouldBeEmpty();
        archiver.Published.Of<RecordingDeleted>().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(StatusCodes.Status403Forbidden, "AccessDenied", "s3:DeleteObject")]
    [InlineData(StatusCodes.Status403Forbidden, "InvalidAccessKeyId", null)]
    public async Task Requested_StoreDeniesTheRight_FailsAtOnceAndSaysWhich(int status, string code, string? right)
    {
        Settings["BURQI_FALLBACK_STORE"] = "s3";
        Settings["S3_RECORDING_BUCKET"] = "bucket";
        Settings["AWS_ENDPOINT_URL_S3"] = Peer.BaseUrl;
        Settings["AWS_ACCESS_KEY_ID"] = "key";
        Settings["AWS_SECRET_ACCESS_KEY"] = "secret";
        var captured = Captured(_content);
        Serve(captured);
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(captured);
        var archived = await JobAsync(captured.RecordingId, job => job.OutcomeAnnouncedAt is not null);
        Peer.Answers[$"/bucket/{archived.ObjectKey}"] = (context, _) =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/xml";
            return context.Response.WriteAsync($"<Error><Code>{code}</Code><Message>No.</Message></Error>");
        };

        await archiver.PublishAsync(Asked(captured));

        if (right is null)
        {
            await Eventually.BecomesTrueAsync(async () =>
                await DeletionJobAsync(captured.RecordingId) is { Status: JobStatuses.Waiting, LastFailure: nameof(TransferFailure.StoreUnavailable) });
            return;
        }

        var job = await DoneAsync(captured.RecordingId);
        (job.Status, job.Attempts, job.LastFailure).ShouldBe((JobStatuses.Dead, 1, nameof(TransferFailure.Refused)));
        archiver.Published.Of<RecordingDeletionFailed>().ShouldHaveSingleItem().Reason.ShouldContain(right);
    }

    [Fact]
    public async Task Requested_StoreIsNotSetUpAnyMore_FailsAndMayBeAskedForAgain()
    {
        Settings["BURQI_ARCHIVER_GIVE_UP_HOURS"] = "0.0001";
        var captured = Captured(_content);
        Serve(captured);
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(captured);
        await JobAsync(captured.RecordingId, job => job.OutcomeAnnouncedAt is not null);
        await ExecuteAsync("update archiver.jobs set store = 's3'");

        var first = Asked(captured);
        await archiver.PublishAsync(first);
        (await DoneAsync(captured.RecordingId)).Status.ShouldBe(JobStatuses.Dead);
        var failed = archiver.Published.Of<RecordingDeletionFailed>().ShouldHaveSingleItem();
        (failed.DeletionId, failed.RecordingId).ShouldBe((first.DeletionId, captured.RecordingId));
        failed.Reason.ShouldContain("BURQI_STORE");

        // Repeated it is only answered again; asked for anew it is done.
        await archiver.PublishAsync(first);
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<RecordingDeletionFailed>().Count == 2);
        await ExecuteAsync("update archiver.jobs set store = 'disk' where step = 'archive'");
        var second = Asked(captured);
        await archiver.PublishAsync(second);
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<RecordingDeleted>().Any());

        archiver.Published.Of<RecordingDeleted>().ShouldHaveSingleItem().DeletionId.ShouldBe(second.DeletionId);
        StoredFiles().ShouldBeEmpty();
    }

    [Fact]
    public async Task Requested_TierOfAStoreWithoutTiers_IsAnsweredWithANote()
    {
        var captured = Captured(_content);
        Serve(captured);
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(captured);
        await JobAsync(captured.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        await archiver.PublishAsync(Tier(captured, StorageTiers.Cool));
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<RecordingTierChanged>().Count == 1);
        await archiver.PublishAsync(Tier(captured, StorageTiers.Archive));
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<RecordingTierChanged>().Any(told => told.Note!.Contains(StorageTiers.Archive, StringComparison.Ordinal)));

        archiver.Published.Of<RecordingTierChanged>()[0].ShouldSatisfyAllConditions(
            told => told.Tier.ShouldBe(StorageTiers.Hot), told => told.Note.ShouldBe("The store disk has no tier cool."), told => told.RecordingId.ShouldBe(captured.RecordingId));
        StoredFiles().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Requested_TierThatWasDecidedEarlierComesLater_IsPassedOver()
    {
        var captured = Captured(_content);
        Serve(captured);
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(captured);
        await JobAsync(captured.RecordingId, job => job.OutcomeAnnouncedAt is not null);
        var earlier = Tier(captured, StorageTiers.Cool);
        var later = Tier(captured, StorageTiers.Archive) with { RequestedAt = earlier.RequestedAt.AddHours(6) };

        await archiver.PublishAsync(later);
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<RecordingTierChanged>().Count == 1);
        await archiver.PublishAsync(earlier);
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<RecordingTierChanged>().Count == 2);

        archiver.Published.Of<RecordingTierChanged>().ShouldAllBe(told => told.Note == "The store disk has no tier archive.");
    }

    [Fact]
    public async Task Requested_TierOfWhatIsToMoveToAnotherStore_IsSetAfterThat()
    {
        var captured = Captured(_content);
        Serve(captured);
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(captured);
        await JobAsync(captured.RecordingId, job => job.OutcomeAnnouncedAt is not null);
        await ExecuteAsync(
            $"""
            insert into archiver.jobs
                (id, recording_id, step, status, provider, call_id, recording_type, recording_source, source_kind, source_details, object_key, destination, next_attempt_at)
            select '{Guid.CreateVersion7()}', recording_id, 'move', 'waiting', provider, call_id, recording_type, recording_source, source_kind, source_details, object_key,
                'store/s3', now() + interval '1 hour'
            from archiver.jobs where recording_id = '{captured.RecordingId}' and step = 'archive'
            """);

        await archiver.PublishAsync(Tier(captured, StorageTiers.Cool));
        await Eventually.BecomesTrueAsync(async () => await ScalarAsync<bool>(
            "select exists (select from archiver.jobs where step = 'set-tier' and status = 'waiting' and updated_at > created_at + interval '0.5 seconds')"));
        archiver.Published.Of<RecordingTierChanged>().ShouldBeEmpty();

        await ExecuteAsync("update archiver.jobs set status = 'completed', finished_at = now(), outcome_announced_at = now() where step = 'move'");
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<RecordingTierChanged>().Count == 1);
    }

    private void Serve(RecordingCaptured captured) => Peer.Answers[ContentPath(captured.RecordingId)] = (context, _) =>
    {
        if (context.Request.Method == "GET")
        {
            return HttpPeer.WriteAsync(context, _content);
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    };

    /// <summary>What was published before has been heard and whatever came of it is done: another recording, told of later, is archived and announced.</summary>
    private async Task IsThroughAsync(ArchiverHost archiver)
    {
        var other = Captured(_content, RecordingTypes.Assistant);
        Serve(other);
        await archiver.PublishAsync(other);
        await JobAsync(other.RecordingId, job => job.OutcomeAnnouncedAt is not null);
        await Eventually.BecomesTrueAsync(async () => await ScalarAsync<long>("select count(*) from archiver.jobs where status in ('waiting', 'running')") == 0);
    }

    private Task<ArchiveJob?> DeletionJobAsync(Guid recordingId) => JobAsync(recordingId, JobSteps.DeleteRecording);

    private Task<ArchiveJob> DoneAsync(Guid recordingId) =>
        Eventually.ReturnsAsync(async () => await DeletionJobAsync(recordingId) is { OutcomeAnnouncedAt: not null } job ? job : null);

    private static RecordingDeletionRequested Asked(RecordingCaptured of) => new()
    {
        RecordingId = of.RecordingId,
        Provider = of.Provider,
        CallId = of.CallId,
        RecordingType = of.RecordingType,
        RecordingSource = of.RecordingSource,
        DeletionId = Guid.CreateVersion7(),
        Reason = "Kept for 30 days.",
        RequestedAt = DateTimeOffset.UtcNow,
    };

    private static RecordingDeletionRequested Asked(ProviderRecordingReady of) => new()
    {
        RecordingId = of.RecordingId,
        Provider = of.Provider,
        CallId = of.CallId,
        RecordingType = of.RecordingType,
        RecordingSource = of.RecordingSource,
        ProviderRecordingId = of.ProviderRecordingId,
        DeletionId = Guid.CreateVersion7(),
        Reason = "Kept for 30 days.",
        RequestedAt = DateTimeOffset.UtcNow,
    };

    private static RecordingTierRequested Tier(RecordingCaptured of, string tier) => new()
    {
        RecordingId = of.RecordingId,
        Provider = of.Provider,
        CallId = of.CallId,
        RecordingType = of.RecordingType,
        RecordingSource = of.RecordingSource,
        Tier = tier,
        RequestedAt = DateTimeOffset.UtcNow,
    };
}
