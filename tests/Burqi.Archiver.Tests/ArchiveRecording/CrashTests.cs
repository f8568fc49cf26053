using Burqi.Archiver.Jobs;
using Burqi.Archiver.Sources.Twilio;
using Burqi.Archiver.Stores;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Recordings;
using Burqi.Testing;

namespace Burqi.Archiver.Tests.ArchiveRecording;

/// <summary>The archiver as a process: killed in the middle, and measured from outside.</summary>
public sealed class CrashTests : ArchiverProcessTest
{
    private const long MiB = 1024 * 1024;

    [Fact]
    public async Task Kill_WhileTheRecordingIsOnItsWayToDisk_NextProcessFinishesIt()
    {
        var content = Wav.Create(60_000);
        var message = Captured(content);
        ServeFirstHalfOnly(message, content);
        await AddAsync(message);

        await using (var first = await ArchiverProcess.StartAsync(Settings))
        {
            await Eventually.BecomesTrueAsync(() => StoredFiles().Count == 1, TimeSpan.FromMinutes(2), first.Output);
            await first.KillAsync();
        }

        StoredFiles().ShouldHaveSingleItem().ShouldContain("/.user_");
        await using var second = await ArchiverProcess.StartAsync(Settings);
        var job = await FinishedAsync(message.RecordingId);

        job.Status.ShouldBe(JobStatuses.Completed);
        job.Attempts.ShouldBe(2);
        StoredFiles().ShouldHaveSingleItem().ShouldBe(job.ObjectKey);
        (await File.ReadAllBytesAsync(Path.Combine(ObjectsFolder, job.ObjectKey!))).ShouldBe(content);
    }

    [Fact]
    public async Task Kill_WhileTheRecordingIsOnItsWayToS3_NextProcessFinishesItAndLeavesNoParts()
    {
        var server = await S3Server.SharedAsync();
        var bucket = await server.CreateBucketAsync();
        UseS3(server, bucket);
        var content = Wav.Create(2_000_000); // 32 MB
        var message = Captured(content);
        ServeFirstHalfOnly(message, content);
        await AddAsync(message);
        using var client = server.CreateClient();

        await using (var first = await ArchiverProcess.StartAsync(Settings))
        {
            await Eventually.BecomesTrueAsync(
                async () => (await client.ListMultipartUploadsAsync(bucket)).MultipartUploads is { Count: 1 }, TimeSpan.FromMinutes(2), first.Output);
            await first.KillAsync();
        }

        await using var second = await ArchiverProcess.StartAsync(Settings);
        var job = await FinishedAsync(message.RecordingId);

        job.Status.ShouldBe(JobStatuses.Completed);
        job.ObjectUrl.ShouldBe($"s3://{bucket}/{job.ObjectKey}");
        (await client.ListMultipartUploadsAsync(bucket)).MultipartUploads.ShouldBeNull();
        (await client.ListObjectsV2Async(new() { BucketName = bucket })).S3Objects.ShouldHaveSingleItem().Size.ShouldBe(content.Length);
    }

    [Fact]
    public async Task Kill_WhileTheRecordingIsOnItsWayToAzure_NextProcessFinishesItAndLeavesNoBlocks()
    {
        var server = await AzureBlobServer.SharedAsync();
        var container = await server.CreateContainerAsync();
        UseAzure(server, container);
        var content = Wav.Create(2_000_000); // 32 MB
        var message = Captured(content);
        ServeFirstHalfOnly(message, content);
        await AddAsync(message);

        await using (var first = await ArchiverProcess.StartAsync(Settings))
        {
            await Eventually.BecomesTrueAsync(
                async () => (await server.ListAsync(container, uncommitted: true)).Count == 1, TimeSpan.FromMinutes(2), first.Output);
            await first.KillAsync();
        }

        (await server.ListAsync(container)).ShouldBeEmpty();
        await using var second = await ArchiverProcess.StartAsync(Settings);
        var job = await FinishedAsync(message.RecordingId);

        job.Status.ShouldBe(JobStatuses.Completed);
        job.ObjectUrl.ShouldBe($"{server.Endpoint}/{container}/{job.ObjectKey}");
        (await server.ListAsync(container, uncommitted: true)).ShouldBeEmpty();
        (await server.ListAsync(container)).ShouldBe([job.ObjectKey!]);
        (await server.CountUncommittedBlocksAsync(container, job.ObjectKey!)).ShouldBe(0);
    }

    [Fact]
    public async Task Kill_AfterTheObjectWasStoredButBeforeItWasWrittenDown_EndsWithOneObjectAndOneOutcome()
    {
        var content = Wav.Create(1000);
        var message = Captured(content);
        Peer.Serve(ContentPath(message.RecordingId), content);
        await using (var archiver = await StartArchiverAsync())
        {
            await archiver.PublishAsync(message);
            await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);
        }

        await ExecuteAsync(
            """
            update archiver.jobs
            set status = 'running', lease_id = gen_random_uuid(), lease_expires_at = now() - interval '1 second', finished_at = null,
                outcome_announced_at = null, object_url = null, sha256 = null, file_size = null, store = null
            """);
        await using var again = await StartArchiverAsync();
        var job = await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        job.Attempts.ShouldBe(2);
        StoredFiles().ShouldHaveSingleItem().ShouldBe(job.ObjectKey);
        again.Published.Of<RecordingArchived>().ShouldHaveSingleItem().Sha256.ShouldBe(Wav.Sha256(content));
    }

    [Theory]
    [InlineData("disk")]
    [InlineData("s3")]
    [InlineData("azure")]
    public async Task Archive_LargeRecording_NeedsNoMoreMemoryThanASmallOne(string store)
    {
        if (store == "s3")
        {
            var server = await S3Server.SharedAsync();
            UseS3(server, await server.CreateBucketAsync());
        }
        else if (store == "azure")
        {
            var server = await AzureBlobServer.SharedAsync();
            UseAzure(server, await server.CreateContainerAsync());
        }

        // The small one is large enough to have filled every buffer that the process has.
        var (small, large) = (RecordingSid[..^1] + "a", RecordingSid[..^1] + "b");
        ServeSilence(small, 24 * MiB);
        ServeSilence(large, 300 * MiB);
        await using var archiver = await ArchiverProcess.StartAsync(Settings);

        var first = await AddProviderFileAsync(small);
        (await FinishedAsync(first)).Status.ShouldBe(JobStatuses.Completed);
        var before = archiver.PeakMemory();
        var second = await AddProviderFileAsync(large);
        var job = await FinishedAsync(second);
        var growth = archiver.PeakMemory() - before;

        job.Status.ShouldBe(JobStatuses.Completed);
        job.FileSize.ShouldBe(300 * MiB);
        TestContext.Current.SendDiagnosticMessage($"{store}: peak {before / MiB} MiB after 24 MiB, {growth / MiB} MiB more after 300 MiB");
        growth.ShouldBeLessThan(100 * MiB); // the parts under way, and what of them is not collected yet
    }

    private void UseS3(S3Server server, string bucket)
    {
        Settings["BURQI_STORE"] = "s3";
        Settings["S3_RECORDING_BUCKET"] = bucket;
        Settings["AWS_ENDPOINT_URL_S3"] = server.Endpoint;
        Settings["AWS_ACCESS_KEY_ID"] = server.AccessKey;
        Settings["AWS_SECRET_ACCESS_KEY"] = server.SecretKey;
    }

    private void UseAzure(AzureBlobServer server, string container)
    {
        Settings["BURQI_STORE"] = "azure";
        Settings["AZURE_STORAGE_CONTAINER"] = container;
        Settings["AZURE_STORAGE_CONNECTION_STRING"] = server.ConnectionString;
    }

    /// <summary>The first request gets half of it and then nothing more; the second gets all.</summary>
    private void ServeFirstHalfOnly(RecordingCaptured message, byte[] content) =>
        Peer.Answers[ContentPath(message.RecordingId)] = async (context, number) =>
        {
            if (number > 0)
            {
                await HttpPeer.WriteAsync(context, content);
                return;
            }

            context.Response.ContentLength = content.Length;
            await context.Response.Body.WriteAsync(content.AsMemory(0, content.Length / 2));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };

    private void ServeSilence(string recordingSid, long size) =>
        Peer.Answers[TwilioMediaPath.Replace(RecordingSid, recordingSid)] = async (context, _) =>
        {
            var block = new byte[64 * 1024];
            context.Response.ContentLength = size;
            await context.Response.Body.WriteAsync(Wav.Header(size - Wav.HeaderSize, channels: 2));
            for (var left = size - Wav.HeaderSize; left > 0; left -= block.Length)
            {
                await context.Response.Body.WriteAsync(block.AsMemory(0, (int)Math.Min(left, block.Length)));
            }
        };

    private async Task<Guid> AddProviderFileAsync(string recordingSid)
    {
        var message = Ready();
        await new AddJobCommand(Jobs).ExecuteAsync(
            new NewJob
            {
                RecordingId = message.RecordingId,
                Provider = message.Provider,
                CallId = message.CallId,
                RecordingType = message.RecordingType,
                RecordingSource = message.RecordingSource,
                Format = "wav",
                SourceKind = TwilioRecordingSource.SourceKind,
                SourceDetails = TwilioRecordingSource.Describe(message.AccountId, recordingSid),
                ObjectKey = ObjectKey.ForProviderFile(message.CallId, recordingSid, "wav", StartedAt),
            },
            TestContext.Current.CancellationToken);
        return message.RecordingId;
    }
}
