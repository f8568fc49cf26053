using Amazon.S3.Model;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts;
using Burqi.Contracts.Recordings;
using Burqi.Hosting.Processes;
using Burqi.Testing;

namespace Burqi.Archiver.Tests.Sources;

/// <summary>From what ACS and LiveKit tell of their files to what lies in the store.</summary>
public sealed class ProviderFilesTests : ArchiverTest
{
    private const string AcsCall = "18dea47f-b081-4107-9a5c-4300819d2c6c";
    private const string Room = "RM_hycBMAjmt6Ub";
    private const string AccessKey = "YnVycWktYWNzLWFjY2Vzcy1rZXktZm9yLXZlY3RvcnMtMDAwMQ==";

    [Fact]
    public async Task Ready_ChunkInAcsStorage_IsFetchedAndStored()
    {
        var content = Wav.Create(1000, channels: 2, sampleRate: 16_000);
        Peer.Serve("/v1/objects/1/content/audio", content);
        Settings["ACS_CONNECTION_STRING"] = $"endpoint=https://burqi.unitedstates.communication.azure.com/;accesskey={AccessKey}";
        Settings["BURQI_ACS_CONTENT_HOSTS"] = "127.0.0.1";
        var message = Acs($"{Peer.BaseUrl}/v1/objects/1/content/audio") with { ChunkIndex = 1, RecordingType = RecordingTypes.Chunk, ReadyAt = DateTimeOffset.UtcNow };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        var archived = archiver.Published.Of<RecordingArchived>().ShouldHaveSingleItem();
        archived.ObjectKey.ShouldBe($"recordings/2026/11/20/{AcsCall}/chunk_{StartedAt.ToUnixTimeSeconds()}_1.wav");
        (archived.Format, archived.SampleRate, archived.Channels, archived.DurationMs).ShouldBe(("wav", 16_000, 2, 1000L));
        (await File.ReadAllBytesAsync(Path.Combine(ObjectsFolder, archived.ObjectKey))).ShouldBe(content);
        Peer.Seen.ShouldHaveSingleItem().Authorization.ShouldStartWith("HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=");
        (await ScalarAsync<DateTime>("select source_keeps_until from archiver.jobs where step = 'archive'")).ShouldBe(message.ReadyAt.UtcDateTime.AddHours(24), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task Ready_AcsWithoutConnectionString_WaitsAndSaysWhatIsMissing()
    {
        var message = Acs("https://us-storage.asm.skype.com/v1/objects/1/content/audio");
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.LastError is not null);

        (job.LastFailure, job.LastError).ShouldBe((
            nameof(TransferFailure.SourceRefused), "ACS_CONNECTION_STRING is not set: what ACS keeps cannot be fetched, and ACS deletes it after a day."));
    }

    [Fact]
    public async Task Ready_BlobInOurContainer_IsFetchedFromWhereAcsPutIt()
    {
        var server = await AzureBlobServer.SharedAsync();
        var container = await server.CreateContainerAsync();
        var content = Wav.Create(1000, sampleRate: 16_000);
        var name = $"20261120/{AcsCall}/eyJQbGF0Zm9ybSJ9/0-audiowav.wav";
        await server.PutAsync(container, name, content);
        Settings["RECORDING_USE_BYOS"] = "true";
        Settings["AZURE_STORAGE_CONTAINER"] = container;
        Settings["AZURE_STORAGE_CONNECTION_STRING"] = server.ConnectionString;
        var message = Acs($"{server.Endpoint}/{container}/{name}");
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        var archived = archiver.Published.Of<RecordingArchived>().ShouldHaveSingleItem();
        archived.ObjectKey.ShouldBe($"recordings/2026/11/20/{AcsCall}/provider_{StartedAt.ToUnixTimeSeconds()}.wav");
        (await File.ReadAllBytesAsync(Path.Combine(ObjectsFolder, archived.ObjectKey))).ShouldBe(content);
        (await server.ListAsync(container)).ShouldBe([name]);
    }

    [Theory]
    [InlineData("acs", "http://us-storage.asm.skype.com/v1/objects/1/content/audio", "the content location is not an https address")]
    [InlineData("acs", null, "the content location is not an https address")]
    [InlineData("livekit", "ftp://bucket/key", "the content location is neither of the form s3://bucket/key nor an https address")]
    [InlineData("livekit", "s3://bucket", "the content location is neither of the form s3://bucket/key nor an https address")]
    public async Task Ready_LocationIsNone_IsGivenUpAtOnce(string provider, string? location, string why)
    {
        var message = Acs(location) with { Provider = provider };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        archiver.Published.Of<RecordingArchiveFailed>().ShouldHaveSingleItem().Reason.ShouldBe($"The announcement of the recording cannot be trusted: {why}.");
    }

    [Theory]
    [InlineData("ogg", "-c:a libopus", 48_000)]
    [InlineData("mp4", "-ar 44100 -c:a aac", 44_100)]
    [InlineData("mp3", "-ar 22050 -c:a libmp3lame", 22_050)]
    public async Task Ready_FileLiesUnderItsKeyInOurBucket_IsMeasuredWhereItIs(string format, string encoder, int sampleRate)
    {
        var (server, bucket) = await UseS3Async(isStore: true);
        var content = await EncodedAsync(format, encoder);
        var key = $"recordings/front-desk_20261120_235958.{format}";
        using var client = server.CreateClient();
        await PutAsync(client, bucket, key, content);
        var before = await client.GetObjectMetadataAsync(bucket, key, TestContext.Current.CancellationToken);
        var message = LiveKit($"s3://{bucket}/{key}") with { FileSize = content.Length };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        var archived = archiver.Published.Of<RecordingArchived>().ShouldHaveSingleItem();
        (archived.Store, archived.ObjectKey, archived.ObjectUrl).ShouldBe(("s3", key, $"s3://{bucket}/{key}"));
        (archived.FileSize, archived.Sha256).ShouldBe((content.Length, Wav.Sha256(content)));
        (archived.Format, archived.SampleRate, archived.Channels).ShouldBe((format, sampleRate, 1));
        archived.DurationMs!.Value.ShouldBeInRange(1990, 2060);
        var after = await client.GetObjectMetadataAsync(bucket, key, TestContext.Current.CancellationToken);
        (after.LastModified, after.Metadata.Count).ShouldBe((before.LastModified, 0), "nothing was written");
        (await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket }, TestContext.Current.CancellationToken)).S3Objects.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Ready_RecordingsAreEncrypted_FileIsWrittenOverItselfAlsoTheSecondTime(bool isEncryptedAlready)
    {
        var (server, bucket) = await UseS3Async(isStore: true);
        Settings["BURQI_ENCRYPTION_KEY"] = Convert.ToBase64String(new byte[32]);
        Settings["BURQI_ENCRYPTION_KEY_ID"] = "one";
        var content = await EncodedAsync("ogg", "-c:a libopus");
        var key = "recordings/front-desk_20261120_235958.ogg";
        using var client = server.CreateClient();
        await PutAsync(client, bucket, key, content);
        var message = LiveKit($"s3://{bucket}/{key}") with { FileSize = content.Length };
        await using (var archiver = await StartArchiverAsync())
        {
            await archiver.PublishAsync(message);
            await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);
            if (isEncryptedAlready)
            {
                // As if the process had died before it could say that it was done.
                await ExecuteAsync("update archiver.jobs set status = 'waiting', next_attempt_at = now(), finished_at = null, outcome_announced_at = null");
                await JobAsync(message.RecordingId, job => job is { Attempts: 2, OutcomeAnnouncedAt: not null });
            }

            var archived = archiver.Published.Of<RecordingArchived>()[^1];
            (archived.ObjectKey, archived.FileSize, archived.Sha256).ShouldBe((key, content.Length, Wav.Sha256(content)));
            archived.EncryptionKeyId.ShouldBe("one");
        }

        using var stored = await client.GetObjectAsync(bucket, key, TestContext.Current.CancellationToken);
        using var bytes = new MemoryStream();
        await stored.ResponseStream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        bytes.ToArray().AsSpan().IndexOf("OpusHead"u8).ShouldBe(-1);
    }

    [Theory]
    [InlineData("acme/front-desk_20261120_235958.ogg", "recordings/front-desk_20261120_235958.ogg")]
    [InlineData("acme/EG_1.ogg", $"recordings/{Room}_20261120_235958.ogg")]
    [InlineData("a room/with ünlaut+.ogg", $"recordings/{Room}_20261120_235958.ogg")]
    public async Task Ready_FileLiesElsewhereInOurBucket_IsCopied(string from, string to)
    {
        var (server, bucket) = await UseS3Async(isStore: false);
        var content = await EncodedAsync("ogg", "-c:a libopus");
        using var client = server.CreateClient();
        await PutAsync(client, bucket, from, content);
        var message = LiveKit($"s3://{bucket}/{from}") with { Format = null };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        archiver.Published.Of<RecordingArchived>().ShouldHaveSingleItem().ObjectKey.ShouldBe(to);
        (await File.ReadAllBytesAsync(Path.Combine(ObjectsFolder, to))).ShouldBe(content);
    }

    [Fact]
    public async Task Ready_FileIsNotWhatItsNameSays_IsNotTaken()
    {
        var (server, bucket) = await UseS3Async(isStore: true);
        using var client = server.CreateClient();
        await PutAsync(client, bucket, "recordings/front-desk_20261120_235958.ogg", "<html>An error</html>"u8.ToArray());
        var message = LiveKit($"s3://{bucket}/recordings/front-desk_20261120_235958.ogg");
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.LastError is not null);

        (job.LastFailure, job.LastError).ShouldBe((nameof(TransferFailure.SourceNotAudio), "What the source sent is not audio in ogg form."));
    }

    private static ProviderRecordingReady Acs(string? location) => Ready() with
    {
        Provider = Providers.Acs,
        RecordingSource = RecordingSources.Acs,
        CallId = AcsCall,
        ProviderRecordingId = "eyJQbGF0Zm9ybUVuZHBvaW50SWQiOiIxIn0",
        AccountId = "burqi",
        ContentLocation = location,
    };

    private static ProviderRecordingReady LiveKit(string location) => Ready() with
    {
        Provider = Providers.LiveKit,
        RecordingSource = RecordingSources.LiveKit,
        CallId = Room,
        ProviderRecordingId = "EG_1",
        AccountId = "burqi",
        ContentLocation = location,
    };

    private async Task<(S3Server Server, string Bucket)> UseS3Async(bool isStore)
    {
        var server = await S3Server.SharedAsync();
        var bucket = await server.CreateBucketAsync();
        Settings["BURQI_STORE"] = isStore ? "s3" : "disk";
        Settings["S3_RECORDING_BUCKET"] = bucket;
        Settings["AWS_ENDPOINT_URL_S3"] = server.Endpoint;
        Settings["AWS_ACCESS_KEY_ID"] = server.AccessKey;
        Settings["AWS_SECRET_ACCESS_KEY"] = server.SecretKey;
        return (server, bucket);
    }

    private static async Task PutAsync(Amazon.S3.AmazonS3Client client, string bucket, string key, byte[] content)
    {
        using var body = new MemoryStream(content);
        await client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = key, InputStream = body }, TestContext.Current.CancellationToken);
    }

    private static async Task<byte[]> EncodedAsync(string format, string encoder)
    {
        var path = Path.Combine(TestFolder.Create("encoded"), $"recording.{format}");
        string[] arguments = ["-v", "error", "-f", "lavfi", "-i", "sine=frequency=440:duration=2", .. encoder.Split(' '), path];
        await ChildProcess.RunAsync(new ChildProcessStart("ffmpeg", arguments), TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        return await File.ReadAllBytesAsync(path);
    }
}
