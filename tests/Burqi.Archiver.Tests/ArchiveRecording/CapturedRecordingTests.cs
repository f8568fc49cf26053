using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Recordings;
using Burqi.Testing;
using Microsoft.AspNetCore.Http;

namespace Burqi.Archiver.Tests.ArchiveRecording;

public sealed class CapturedRecordingTests : ArchiverTest
{
    [Fact]
    public async Task Captured_FileServedByMediaNode_EndsInStoreAndIsAnnouncedOnce()
    {
        var content = Wav.Create(1000);
        var message = Captured(content);
        Peer.Serve(ContentPath(message.RecordingId), content);
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        var key = $"recordings/2026/11/20/{CallSid}/user_{StartedAt.ToUnixTimeSeconds()}.wav";
        job.Status.ShouldBe(JobStatuses.Completed);
        StoredFiles().ShouldBe([key]);
        (await File.ReadAllBytesAsync(Path.Combine(ObjectsFolder, key))).ShouldBe(content);

        archiver.Published.Of<RecordingArchiveStarted>().ShouldHaveSingleItem().RecordingId.ShouldBe(message.RecordingId);
        var archived = archiver.Published.Of<RecordingArchived>().ShouldHaveSingleItem();
        archived.ShouldBe(new RecordingArchived
        {
            RecordingId = message.RecordingId,
            Provider = message.Provider,
            CallId = message.CallId,
            RecordingType = message.RecordingType,
            RecordingSource = message.RecordingSource,
            StreamId = message.StreamId,
            Format = "wav",
            SampleRate = 8000,
            Channels = 1,
            DurationMs = 1000,
            FileSize = content.Length,
            Sha256 = Wav.Sha256(content),
            Store = "disk",
            ObjectKey = key,
            ObjectUrl = new Uri(Path.Combine(ObjectsFolder, key)).AbsoluteUri,
            FilePath = message.FilePath,
            StartedAt = StartedAt,
            EndedAt = StartedAt.AddSeconds(1),
            ArchivedAt = archived.ArchivedAt,
            Peak = Wav.Peak(content),
            SilentChannels = 0,
        });
    }

    [Fact]
    public async Task Captured_OfAnAssistantThatWantsNoRows_IsArchivedAndEveryAnnouncementSaysSo()
    {
        var content = Wav.Create(500);
        var message = Captured(content, "participant3") with { AssistantId = "front-desk", CreateDatabaseRecords = false };
        var broken = Captured(content, RecordingTypes.Mixed) with { CreateDatabaseRecords = false, ContentUrl = "file:///etc/passwd" };
        Peer.Serve(ContentPath(message.RecordingId), content);
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await archiver.PublishAsync(broken);
        await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);
        await JobAsync(broken.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        archiver.Published.Of<RecordingArchiveStarted>().ShouldHaveSingleItem().CreateDatabaseRecords.ShouldBe(false);
        archiver.Published.Of<RecordingArchived>().ShouldHaveSingleItem().CreateDatabaseRecords.ShouldBe(false);
        archiver.Published.Of<RecordingArchiveFailed>().ShouldHaveSingleItem().CreateDatabaseRecords.ShouldBe(false);
    }

    [Fact]
    public async Task Captured_OfAnAssistantThatWantsNothingArchived_StaysWhereItIs()
    {
        var content = Wav.Create(500);
        var (kept, archived) = (Captured(content) with { AutoSave = false }, Captured(content, RecordingTypes.Mixed) with { AutoSave = true });
        var atTwilio = Ready() with { AutoSave = false };
        Peer.Serve(ContentPath(archived.RecordingId), content);
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(kept);
        await archiver.PublishAsync(atTwilio);
        await archiver.PublishAsync(archived);
        await JobAsync(archived.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        await Eventually.BecomesTrueAsync(() =>
            archiver.LogText.Contains($"{kept.RecordingId} stays where it is", StringComparison.Ordinal)
            && archiver.LogText.Contains($"{atTwilio.RecordingId} stays where it is", StringComparison.Ordinal));
        (await JobAsync(kept.RecordingId)).ShouldBeNull();
        (await JobAsync(atTwilio.RecordingId)).ShouldBeNull();
    }

    [Fact]
    public async Task Captured_AnnouncedManyTimes_IsFetchedAndAnnouncedOnce()
    {
        var content = Wav.Create(500);
        var message = Captured(content);
        Peer.Serve(ContentPath(message.RecordingId), content);
        await using var archiver = await StartArchiverAsync();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => archiver.PublishAsync(message)));
        await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);
        var other = Captured(content, RecordingTypes.Mixed);
        Peer.Serve(ContentPath(other.RecordingId), content);
        await archiver.PublishAsync(message);
        await archiver.PublishAsync(other);
        await JobAsync(other.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        Peer.Seen.Count(seen => seen.Path == ContentPath(message.RecordingId)).ShouldBe(1);
        archiver.Published.Of<RecordingArchived>().Count(archived => archived.RecordingId == message.RecordingId).ShouldBe(1);
    }

    [Fact]
    public async Task Captured_TwoRecordingsOfOneName_BothAreKept()
    {
        var (first, second) = (Wav.Create(500, seed: 1), Wav.Create(500, seed: 2));
        var (one, other) = (Captured(first), Captured(second));
        Peer.Serve(ContentPath(one.RecordingId), first);
        Peer.Serve(ContentPath(other.RecordingId), second);
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(one);
        await JobAsync(one.RecordingId, job => job.Status == JobStatuses.Completed);
        await archiver.PublishAsync(other);
        await archiver.PublishAsync(other);
        var job = await JobAsync(other.RecordingId, job => job.Status == JobStatuses.Completed);

        job.ObjectKey.ShouldNotBeNull().ShouldEndWith($"_{other.RecordingId:N}.wav");
        (await File.ReadAllBytesAsync(Path.Combine(ObjectsFolder, job.ObjectKey))).ShouldBe(second);
        StoredFiles().Count.ShouldBe(2);
    }

    [Fact]
    public async Task Captured_BodyBreaksOff_IsFetchedAgainAndNothingBrokenIsKept()
    {
        var content = Wav.Create(30_000);
        var message = Captured(content);
        Peer.Answers[ContentPath(message.RecordingId)] = async (context, number) =>
        {
            if (number > 1)
            {
                await HttpPeer.WriteAsync(context, content);
                return;
            }

            context.Response.ContentLength = content.Length;
            await context.Response.Body.WriteAsync(content.AsMemory(0, content.Length / 2));
            await context.Response.Body.FlushAsync();
            await Eventually.BecomesTrueAsync(() => StoredFiles().Count == 1); // the first half is on its way into the store
            context.Abort();
        };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);

        job.Attempts.ShouldBe(3);
        StoredFiles().ShouldHaveSingleItem().ShouldBe(job.ObjectKey);
    }

    [Fact]
    public async Task Captured_BodyStalls_IsFetchedAgain()
    {
        Settings["Archiver:Download:BodyIdleTimeout"] = "00:00:00.300";
        var content = Wav.Create(5000);
        var message = Captured(content);
        Peer.Answers[ContentPath(message.RecordingId)] = async (context, number) =>
        {
            if (number > 0)
            {
                await HttpPeer.WriteAsync(context, content);
                return;
            }

            context.Response.ContentLength = content.Length;
            await context.Response.Body.WriteAsync(content.AsMemory(0, 100));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);

        job.Attempts.ShouldBe(2);
    }

    [Fact]
    public async Task Captured_ChecksumIsAnother_IsNeverStoredAndGivenUpInTheEnd()
    {
        Settings["Archiver:GiveUpAfter"] = "00:00:02";
        var message = Captured(Wav.Create(500, seed: 1));
        Peer.Serve(ContentPath(message.RecordingId), Wav.Create(500, seed: 2));
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        job.Status.ShouldBe(JobStatuses.Dead);
        job.LastFailure.ShouldBe(nameof(TransferFailure.ContentMismatch));
        job.Attempts.ShouldBeGreaterThan(1);
        StoredFiles().ShouldBeEmpty();
        var failed = archiver.Published.Of<RecordingArchiveFailed>().ShouldHaveSingleItem();
        failed.Reason.ShouldBe("What the source sent has another checksum than was announced.");
        failed.Attempts.ShouldBe(job.Attempts);
        archiver.Published.Of<RecordingArchived>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Captured_FileMissingForTooLong_IsGivenUp()
    {
        Settings["Archiver:MissingFileGrace"] = "00:00:00.300";
        var message = Captured(Wav.Create(500));
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Dead);

        job.LastFailure.ShouldBe(nameof(TransferFailure.SourceGone));
        job.Attempts.ShouldBeGreaterThan(1);
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("CA1/../../x")]
    [InlineData("CA 1")]
    [InlineData("CA1\n")]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("CÄ1")]
    public async Task Captured_CallIdIsHostile_IsDeadAtOnceAndTouchesNothing(string callId)
    {
        var message = Captured(Wav.Create(500)) with { CallId = callId };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        job.Status.ShouldBe(JobStatuses.Dead);
        job.ObjectKey.ShouldBeNull();
        archiver.Published.Of<RecordingArchiveFailed>().ShouldHaveSingleItem().Reason.ShouldStartWith("The announcement of the recording cannot be trusted: the call id");
        archiver.Published.Of<RecordingArchiveStarted>().ShouldBeEmpty();
        Peer.Seen.ShouldBeEmpty();
        StoredFiles().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://host/media/recordings/{id}/content")]
    [InlineData("{peer}/media/recordings/{other}/content")]
    [InlineData("{peer}/media/recordings/{id}/content/../../../secret")]
    [InlineData("{peer}/latest/meta-data?x=/media/recordings/{id}/content")]
    [InlineData("http://user:pass@127.0.0.1/media/recordings/{id}/content")]
    [InlineData("nonsense")]
    public async Task Captured_ContentUrlIsHostile_IsDeadAtOnceAndNeverAskedFor(string url)
    {
        var message = Captured(Wav.Create(500));
        message = message with
        {
            ContentUrl = url.Replace("{peer}", Peer.BaseUrl).Replace("{id}", message.RecordingId.ToString()).Replace("{other}", Guid.CreateVersion7().ToString()),
        };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Dead);

        job.LastFailure.ShouldBe(nameof(TransferFailure.Refused));
        Peer.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task Captured_MediaNodeRedirects_IsNotFollowed()
    {
        var content = Wav.Create(500);
        var message = Captured(content);
        Peer.Answers[ContentPath(message.RecordingId)] = (context, number) =>
        {
            if (number > 0)
            {
                return HttpPeer.WriteAsync(context, content);
            }

            context.Response.Redirect($"{Peer.BaseUrl}/elsewhere");
            return Task.CompletedTask;
        };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);

        Peer.Seen.ShouldNotContain(seen => seen.Path == "/elsewhere");
    }

    [Fact]
    public async Task Captured_UrlExpiredAndAnnouncedAfresh_IsFetchedFromTheNewOne()
    {
        Settings["Archiver:RetryBaseDelay"] = "01:00:00";
        Settings["Archiver:RetryMaxDelay"] = "01:00:00";
        var content = Wav.Create(500);
        var message = Captured(content);
        Peer.Answers[ContentPath(message.RecordingId)] = (context, _) =>
        {
            if (context.Request.Query["sig"] == "fresh")
            {
                return HttpPeer.WriteAsync(context, content);
            }

            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job is { Status: JobStatuses.Waiting, LastFailure: nameof(TransferFailure.SourceRefused) });
        await archiver.PublishAsync(message with { ContentUrl = message.ContentUrl.Replace("secret", "fresh") });

        await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);
    }

    /// <summary>The node was away for so long that the job was given up, and has come back.</summary>
    [Fact]
    public async Task Captured_GivenUpAndAnnouncedAfresh_IsFetchedFromTheNewUrl()
    {
        Settings["Archiver:GiveUpAfter"] = "00:00:00.200";
        var content = Wav.Create(500);
        var message = Captured(content);
        Peer.Answers[ContentPath(message.RecordingId)] = (context, _) =>
        {
            if (context.Request.Query["sig"] == "fresh")
            {
                return HttpPeer.WriteAsync(context, content);
            }

            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(message);
        var dead = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Dead && job.OutcomeAnnouncedAt is not null);
        dead.LastFailure.ShouldBe(nameof(TransferFailure.SourceRefused));

        await archiver.PublishAsync(message with { ContentUrl = message.ContentUrl.Replace("secret", "fresh") });

        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed && job.OutcomeAnnouncedAt is not null);
        job.Attempts.ShouldBe(1);
        archiver.Published.Of<RecordingArchiveFailed>().ShouldHaveSingleItem();
        archiver.Published.Of<RecordingArchived>().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Captured_AnnouncedAfreshWhileItIsFetched_NextAttemptAsksTheNewUrl()
    {
        var content = Wav.Create(500);
        var message = Captured(content);
        var isKnown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Peer.Answers[ContentPath(message.RecordingId)] = async (context, _) =>
        {
            if (context.Request.Query["sig"] == "fresh")
            {
                await HttpPeer.WriteAsync(context, content);
                return;
            }

            await isKnown.Task;
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
        };
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Running);

        await archiver.PublishAsync(message with { ContentUrl = message.ContentUrl.Replace("secret", "fresh") });
        await JobAsync(message.RecordingId, job => job.SourceDetails.Contains("fresh", StringComparison.Ordinal));
        isKnown.SetResult();

        await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);
    }
}
