using System.Diagnostics;
using Amazon.S3;
using Amazon.S3.Model;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Recordings;
using Burqi.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Burqi.Archiver.Tests.Stores.Fallback;

/// <summary>
/// The store is a bucket that somebody has yet to make, and refuses everything until then; the fallback is a disk. What goes there leaves it when
/// the bucket is there.
/// </summary>
public sealed class FallbackTests : ArchiverTest
{
    private readonly byte[] _content = Wav.Create(2000);
    private readonly string _bucket = $"test-{Guid.NewGuid():N}";
    private AmazonS3Client _s3 = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        var server = await S3Server.SharedAsync();
        _s3 = server.CreateClient();
        Settings["BURQI_STORE"] = "s3";
        Settings["BURQI_FALLBACK_STORE"] = "disk";
        Settings["BURQI_FALLBACK_AFTER_MINUTES"] = "0.01";
        Settings["S3_RECORDING_BUCKET"] = _bucket;
        Settings["AWS_ENDPOINT_URL_S3"] = server.Endpoint;
        Settings["AWS_ACCESS_KEY_ID"] = server.AccessKey;
        Settings["AWS_SECRET_ACCESS_KEY"] = server.SecretKey;
        Settings["Archiver:Fallback:KeepMoved"] = "00:00:00.200";
        Settings["Archiver:Fallback:WatchInterval"] = "00:00:00.050";
        Settings["Archiver:Destinations:Break"] = "00:00:00.500";
        Settings["Archiver:Destinations:LongestBreak"] = "00:00:00.500";

        // In an outage jobs are retried for longer than is waited for the store.
        Settings["Archiver:RetryMaxDelay"] = "00:00:01";
    }

    public override async ValueTask DisposeAsync()
    {
        _s3.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Store_RefusesForLongerThanTheLimit_RecordingGoesToTheFallbackAndLeavesItWhenTheStoreIsBack()
    {
        var message = Serve(Captured(_content));
        await using var archiver = await StartArchiverAsync();
        var begun = Stopwatch.StartNew();

        await archiver.PublishAsync(message);
        var kept = await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        kept.Store.ShouldBe("disk");
        begun.Elapsed.ShouldBeGreaterThan(TimeSpan.FromSeconds(0.6), "the store is given the time that the settings name");
        StoredFiles().ShouldContain(kept.ObjectKey!);
        archiver.Published.Of<RecordingArchived>().ShouldHaveSingleItem().Store.ShouldBe("disk");
        var health = await archiver.CheckAsync("archiver-store");
        (health.Status, health.Description).ShouldBe((HealthStatus.Degraded, "Store s3 has refused for 0 min; recordings go to store disk until it is back."));
        (await JobAsync(message.RecordingId, JobSteps.Move)).ShouldNotBeNull().Status.ShouldNotBe(JobStatuses.Completed);

        await _s3.PutBucketAsync(_bucket, TestContext.Current.CancellationToken);
        var moved = await MovedAsync(message);

        moved.Note.ShouldBeNull();
        await ShouldLieInTheStoreAloneAsync(message, _content);
        var told = archiver.Published.Of<RecordingArchived>().Where(one => one.RecordingId == message.RecordingId).ToArray();
        told.Select(one => one.Store).ShouldBe(["disk", "s3"]);
        told[1].ShouldBe(told[0] with { Store = "s3", ObjectUrl = $"s3://{_bucket}/{kept.ObjectKey}", ArchivedAt = told[1].ArchivedAt });
        told[1].ArchivedAt.ShouldBeGreaterThan(told[0].ArchivedAt);

        var next = Serve(Captured(_content, "assistant"));
        await archiver.PublishAsync(next);
        (await JobAsync(next.RecordingId, job => job.OutcomeAnnouncedAt is not null)).Store.ShouldBe("s3");
        (await JobAsync(next.RecordingId, JobSteps.Move)).ShouldBeNull();
        (await archiver.CheckAsync("archiver-store")).Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task Store_RefusesOnlyShortly_RecordingWaitsForIt()
    {
        Settings["BURQI_FALLBACK_AFTER_MINUTES"] = "10";
        var message = Serve(Captured(_content));
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.LastFailure is not null);
        await _s3.PutBucketAsync(_bucket, TestContext.Current.CancellationToken);

        (await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null)).Store.ShouldBe("s3");
        await ShouldLieInTheStoreAloneAsync(message, _content);
        (await ScalarAsync<long>("select count(*) from archiver.store_states where refusing_since is not null")).ShouldBe(0);
    }

    /// <summary>What one process found out is known to the next, and to the others.</summary>
    [Fact]
    public async Task Store_RefusedToAnotherProcess_RecordingGoesToTheFallbackAtOnce()
    {
        Settings["BURQI_FALLBACK_AFTER_MINUTES"] = "10";
        await using (await StartArchiverAsync())
        {
            await Eventually.BecomesTrueAsync(async () => await ScalarAsync<bool>("select to_regclass('archiver.store_states') is not null"));
        }

        await ExecuteAsync("insert into archiver.store_states values ('s3', now() - interval '11 minutes', now(), 'It is away.')");
        var message = Serve(Captured(_content));
        await using var archiver = await StartArchiverAsync();
        await Eventually.BecomesTrueAsync(() => archiver.LogText.Contains("recordings go to store disk", StringComparison.Ordinal));

        await archiver.PublishAsync(message);

        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);
        (job.Store, job.Attempts).ShouldBe(("disk", 1));
    }

    /// <summary>An object in the fallback that the job does not tell of would stay there for good.</summary>
    [Fact]
    public async Task Fallback_LeaseIsLostBeforeTheJobSaysSo_NothingIsWrittenThere()
    {
        Settings["BURQI_FALLBACK_AFTER_MINUTES"] = "10";
        await using (await StartArchiverAsync())
        {
            await Eventually.BecomesTrueAsync(async () => await ScalarAsync<bool>("select to_regclass('archiver.store_states') is not null"));
        }

        await ExecuteAsync(
            """
            insert into archiver.store_states values ('s3', now() - interval '11 minutes', now(), 'It is away.');
            create function archiver.skip() returns trigger language plpgsql as 'begin return null; end';
            create trigger skip before update on archiver.jobs for each row
            when (old.status = 'running' and new.store = 'disk') execute function archiver.skip();
            """);
        var message = Serve(Captured(_content));
        await using var archiver = await StartArchiverAsync();
        await Eventually.BecomesTrueAsync(() => archiver.LogText.Contains("recordings go to store disk", StringComparison.Ordinal));

        await archiver.PublishAsync(message);
        await Eventually.BecomesTrueAsync(() => archiver.LogText.Contains("is left to whoever has its job now", StringComparison.Ordinal));

        StoredFiles().ShouldBeEmpty();
        Peer.Seen.ShouldBeEmpty();
        await ExecuteAsync("drop trigger skip on archiver.jobs");
        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);
        (job.Store, job.LastFailure).ShouldBe(("disk", null));
    }

    [Fact]
    public async Task Both_Refuse_WhicheverIsBackFirstTakesIt()
    {
        await File.WriteAllTextAsync(ObjectsFolder, "a file where the folder should be", TestContext.Current.CancellationToken);
        var message = Serve(Captured(_content));
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(message);
        await Eventually.BecomesTrueAsync(async () => await ScalarAsync<long>("select count(*) from archiver.store_states where refusing_since is not null") == 2);

        await _s3.PutBucketAsync(_bucket, TestContext.Current.CancellationToken);

        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);
        job.Store.ShouldBe("s3");
        using var stored = await _s3.GetObjectAsync(_bucket, job.ObjectKey, TestContext.Current.CancellationToken);
        stored.ContentLength.ShouldBe(_content.Length);
    }

    /// <summary>A worker was killed when the object was in the fallback and nobody knew yet; the next attempt went to the store.</summary>
    [Fact]
    public async Task Archived_EarlierAttemptLeftAnObjectInTheFallback_ItIsRemoved()
    {
        await _s3.PutBucketAsync(_bucket, TestContext.Current.CancellationToken);
        var message = Captured(_content);
        var isReady = false;
        Peer.Answers[ContentPath(message.RecordingId)] = (context, _) =>
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Volatile.Read(ref isReady) ? HttpPeer.WriteAsync(With200(context), _content) : Task.CompletedTask;
        };
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(message);
        var waiting = await JobAsync(message.RecordingId, job => job.LastFailure is not null);
        var leftover = Path.Combine(ObjectsFolder, waiting.ObjectKey!);
        Directory.CreateDirectory(Path.GetDirectoryName(leftover)!);
        await File.WriteAllBytesAsync(leftover, _content, TestContext.Current.CancellationToken);
        await ExecuteAsync("update archiver.jobs set store = 'disk'");
        var before = (await JobAsync(message.RecordingId)).ShouldNotBeNull().Attempts;
        await JobAsync(message.RecordingId, job => job.Attempts > before); // whoever had it already does not know
        Volatile.Write(ref isReady, true);

        await MovedAsync(message);

        await ShouldLieInTheStoreAloneAsync(message, _content);
        (await JobAsync(message.RecordingId)).ShouldNotBeNull().Store.ShouldBe("s3");

        static HttpContext With200(HttpContext context)
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return context;
        }
    }

    [Fact]
    public async Task Move_FallbackGivesBackSomethingElse_NothingIsMovedUntilItIsRight()
    {
        var message = Serve(Captured(_content));
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(message);
        var kept = await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);
        var file = Path.Combine(ObjectsFolder, kept.ObjectKey!);
        byte[] harmed = [.. _content[..^1], (byte)~_content[^1]];
        await File.WriteAllBytesAsync(file, harmed, TestContext.Current.CancellationToken);
        await _s3.PutBucketAsync(_bucket, TestContext.Current.CancellationToken);

        await Eventually.BecomesTrueAsync(async () =>
            (await JobAsync(message.RecordingId, JobSteps.Move))!.LastError == "Store disk gives back something else than the recording that it was given.");
        (await JobAsync(message.RecordingId)).ShouldNotBeNull().Store.ShouldBe("disk");
        await File.WriteAllBytesAsync(file, _content, TestContext.Current.CancellationToken);

        await MovedAsync(message);
        await ShouldLieInTheStoreAloneAsync(message, _content);
    }

    /// <summary>Until the one in the fallback goes, it is the one to fall back on.</summary>
    [Fact]
    public async Task Move_StoreLosesTheCopyAgain_ItIsCopiedOnceMore()
    {
        Settings["Archiver:Fallback:KeepMoved"] = "00:00:03";
        var message = Serve(Captured(_content));
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);
        await _s3.PutBucketAsync(_bucket, TestContext.Current.CancellationToken);
        var switched = await JobAsync(message.RecordingId, job => job.Store == "s3");

        await _s3.DeleteObjectAsync(_bucket, switched.ObjectKey, TestContext.Current.CancellationToken);

        await MovedAsync(message);
        await ShouldLieInTheStoreAloneAsync(message, _content);
        archiver.LogText.ShouldContain("has lost recording");
    }

    /// <summary>What lies in that tier cannot be read for hours, which is no failure of the store.</summary>
    [Fact]
    public async Task Move_CopyIsMovedToTheArchiveTierMeanwhile_FallbackLetsGoOfTheRecording()
    {
        var server = await AzureBlobServer.SharedAsync();
        var container = await server.CreateContainerAsync();
        Settings["BURQI_STORE"] = "azure";
        Settings["AZURE_STORAGE_CONTAINER"] = container;
        Settings["AZURE_STORAGE_CONNECTION_STRING"] = server.ConnectionString;
        Settings["BURQI_FALLBACK_AFTER_MINUTES"] = "10";
        Settings["Archiver:Fallback:KeepMoved"] = "00:00:03";
        await using (await StartArchiverAsync())
        {
            await Eventually.BecomesTrueAsync(async () => await ScalarAsync<bool>("select to_regclass('archiver.store_states') is not null"));
        }

        await ExecuteAsync("insert into archiver.store_states values ('azure', now() - interval '11 minutes', now(), 'It was away.')");
        var message = Serve(Captured(_content));
        await using var archiver = await StartArchiverAsync();
        await Eventually.BecomesTrueAsync(() => archiver.LogText.Contains("recordings go to store disk", StringComparison.Ordinal));
        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.Store == "azure");

        await archiver.PublishAsync(new RecordingTierRequested
        {
            RecordingId = message.RecordingId,
            Provider = message.Provider,
            CallId = message.CallId,
            RecordingType = message.RecordingType,
            RecordingSource = message.RecordingSource,
            Tier = StorageTiers.Archive,
            RequestedAt = DateTimeOffset.UtcNow,
        });

        (await MovedAsync(message)).LastFailure.ShouldBeNull();
        StoredFiles().ShouldBeEmpty();
        (await server.ListAsync(container)).ShouldHaveSingleItem();
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<RecordingTierChanged>().Any(told => told.Tier == StorageTiers.Archive));
        (await ScalarAsync<long>("select count(*) from archiver.store_states where refusing_since is not null")).ShouldBe(0);
    }

    /// <summary>While nobody can be told where a recording lies now, it stays where it was too.</summary>
    [Fact]
    public async Task Move_BrokerIsAway_FallbackKeepsTheRecordingUntilEverybodyWasTold()
    {
        var message = Serve(Captured(_content));
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);
        archiver.Published.Outage = true;
        await _s3.PutBucketAsync(_bucket, TestContext.Current.CancellationToken);
        await JobAsync(message.RecordingId, job => job.Store == "s3");
        var refused = archiver.Published.Refused;
        await Eventually.BecomesTrueAsync(() => archiver.Published.Refused > refused + 2);

        StoredFiles().ShouldHaveSingleItem();
        archiver.Published.Outage = false;

        await MovedAsync(message);
        await ShouldLieInTheStoreAloneAsync(message, _content);
    }

    [Fact]
    public async Task Move_OthersHaveSomethingToDoWithTheRecording_AreToldWhereItLies()
    {
        var content = Wav.Create(1000, channels: 2);
        var message = Ready() with { AssistantId = "front-desk" };
        Peer.Serve(TwilioMediaPath, content);
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant("front-desk", deleteAfterDays: 30));

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);
        (await JobAsync(message.RecordingId, JobSteps.DeleteAtProvider)).ShouldNotBeNull().Store.ShouldBe("disk");
        foreach (var type in (string[])[RecordingTypes.User, RecordingTypes.Assistant])
        {
            (await SplitAsync(message, type, job => job.Status == JobStatuses.Completed)).Store.ShouldBe("disk");
        }

        await _s3.PutBucketAsync(_bucket, TestContext.Current.CancellationToken);
        await Eventually.BecomesTrueAsync(async () => await ScalarAsync<long>("select count(*) from archiver.jobs where step = 'move' and status = 'completed'") == 3);

        StoredFiles().ShouldBeEmpty();
        var deletion = (await JobAsync(message.RecordingId, JobSteps.DeleteAtProvider)).ShouldNotBeNull();
        (deletion.Store, deletion.Status).ShouldBe(("s3", JobStatuses.Waiting));
    }

    /// <summary>The copy in the store is a new one, and lies in no tier: what the fallback answered does not hold for it.</summary>
    [Fact]
    public async Task Move_TierWasSetInTheFallback_IsSetAgainAfterwards()
    {
        var message = Serve(Captured(_content));
        await using var archiver = await StartArchiverAsync();
        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);
        await ExecuteAsync(
            $$"""
            insert into archiver.jobs
                (id, recording_id, step, status, provider, call_id, recording_type, recording_source, source_kind, source_details, finished_at, outcome_announced_at, destination, note)
            select '{{Guid.CreateVersion7()}}', recording_id, 'set-tier', 'completed', provider, call_id, recording_type, recording_source, 'stored',
                '{"tier": "hot", "lies_in": "hot"}', now(), now(), 'store/disk', 'The store disk has no tier hot.'
            from archiver.jobs where recording_id = '{{message.RecordingId}}' and step = 'archive'
            """);

        await _s3.PutBucketAsync(_bucket, TestContext.Current.CancellationToken);
        var moved = await MovedAsync(message);
        await Eventually.BecomesTrueAsync(() => archiver.Published.Of<RecordingTierChanged>().Count > 0);
        var told = archiver.Published.Of<RecordingTierChanged>().ShouldHaveSingleItem();

        (told.Tier, told.Note).ShouldBe((StorageTiers.Hot, null));
        told.ChangedAt.UtcDateTime.ShouldBeGreaterThan(moved.FinishedAt!.Value);
        await ShouldLieInTheStoreAloneAsync(message, _content);
    }

    private RecordingCaptured Serve(RecordingCaptured message)
    {
        Peer.Serve(ContentPath(message.RecordingId), _content);
        return message;
    }

    private Task<ArchiveJob> MovedAsync(RecordingCaptured message) => Eventually.ReturnsAsync(
        async () => await JobAsync(message.RecordingId, JobSteps.Move) is { Status: JobStatuses.Completed } job ? job : null);

    private async Task ShouldLieInTheStoreAloneAsync(RecordingCaptured message, byte[] content)
    {
        StoredFiles().ShouldBeEmpty();
        var job = (await JobAsync(message.RecordingId)).ShouldNotBeNull();
        using var stored = await _s3.GetObjectAsync(_bucket, job.ObjectKey, TestContext.Current.CancellationToken);
        using var bytes = new MemoryStream();
        await stored.ResponseStream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        bytes.ToArray().AsSpan().SequenceEqual(content).ShouldBeTrue();
        var uploads = await _s3.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = _bucket }, TestContext.Current.CancellationToken);
        (uploads.MultipartUploads ?? []).ShouldBeEmpty();
    }
}
