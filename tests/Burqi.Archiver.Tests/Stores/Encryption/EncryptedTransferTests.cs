using System.Text.Json;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Recordings;
using Burqi.Encryption;
using Burqi.Testing;
using Microsoft.AspNetCore.Http;

namespace Burqi.Archiver.Tests.Stores.Encryption;

/// <summary>The archiver with a key: what it says is of the audio, what it stores is not the audio.</summary>
public sealed class EncryptedTransferTests : ArchiverTest
{
    private const string KmsKey = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    [Fact]
    public async Task Captured_ToABucket_IsEncryptedThereAndToldOfAsItWas()
    {
        var server = await S3Server.SharedAsync();
        var bucket = await server.CreateBucketAsync();
        Settings["BURQI_STORE"] = "s3";
        Settings["S3_RECORDING_BUCKET"] = bucket;
        Settings["AWS_ENDPOINT_URL_S3"] = server.Endpoint;
        Settings["AWS_ACCESS_KEY_ID"] = server.AccessKey;
        Settings["AWS_SECRET_ACCESS_KEY"] = server.SecretKey;
        Settings["Archiver:S3:PartSize"] = "5242880";
        EncryptionKeys.Set(Settings, "2026-03");
        var content = Wav.Create(milliseconds: 700_000); // 11 MB: three parts
        var message = Captured(content);
        Peer.Serve(ContentPath(message.RecordingId), content);
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        job.Status.ShouldBe(JobStatuses.Completed, job.LastError);
        var archived = archiver.Published.Of<RecordingArchived>().ShouldHaveSingleItem();
        (archived.FileSize, archived.Sha256, archived.EncryptionKeyId).ShouldBe((content.Length, Wav.Sha256(content), "2026-03"));
        using var client = server.CreateClient();
        using var stored = await client.GetObjectAsync(bucket, archived.ObjectKey, TestContext.Current.CancellationToken);
        using var encrypted = new MemoryStream();
        await stored.ResponseStream.CopyToAsync(encrypted, TestContext.Current.CancellationToken);
        encrypted.Length.ShouldBe(EncryptedLayout.EncryptedSize(content.Length));
        stored.Metadata["burqikeyid"].ShouldBe("2026-03");
        stored.Metadata["sha256"].ShouldBe(Wav.Sha256(encrypted.ToArray()));

        var envelope = Envelope.Of(stored.Metadata.Keys.ToDictionary(name => name["x-amz-meta-".Length..], name => stored.Metadata[name])).ShouldNotBeNull();
        var secret = await EncryptionKeys.Ring("2026-03").OpenAsync(envelope, archived.ObjectKey, TestContext.Current.CancellationToken);
        encrypted.Position = 0;
        await using var decrypting = new DecryptingStream(encrypted, secret, encrypted.Length, 0, long.MaxValue);
        using var audio = new MemoryStream();
        await decrypting.CopyToAsync(audio, TestContext.Current.CancellationToken);
        audio.ToArray().AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Fact]
    public async Task Archived_FileOfTwoChannels_IsSplitThoughItLiesEncrypted()
    {
        var content = Wav.Create(20_000, channels: 2);
        EncryptionKeys.Set(Settings, "2026-03");
        Peer.Serve(TwilioMediaPath, content);
        var message = Ready() with { DurationMs = 20_000 };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await SplitAsync(message, RecordingTypes.User, job => job.OutcomeAnnouncedAt is not null);
        await SplitAsync(message, RecordingTypes.Assistant, job => job.OutcomeAnnouncedAt is not null);

        var archived = archiver.Published.Of<RecordingArchived>();
        archived.Count.ShouldBe(3);
        archived.ShouldAllBe(one => one.EncryptionKeyId == "2026-03");
        archived.Single(one => one.RecordingType == RecordingTypes.User).Sha256.ShouldBe(Wav.Sha256(Wav.Channel(content, 1)));
        archived.Single(one => one.RecordingType == RecordingTypes.Assistant).Sha256.ShouldBe(Wav.Sha256(Wav.Channel(content, 2)));
    }

    [Fact]
    public async Task Captured_KeyInKms_WaitsForItAndNeverLeavesIt()
    {
        var kms = new PlayedKms(KmsKey);
        var (isAway, asked) = (true, 0);
        Peer.Answers["/"] = (context, _) =>
        {
            Interlocked.Increment(ref asked);
            return Volatile.Read(ref isAway) ? PlayedKms.RefuseAsync(context, 503, "ServiceUnavailableException") : kms.AnswerAsync(context);
        };
        Settings["BURQI_ENCRYPTION_KMS_KEY_ID"] = KmsKey;
        Settings["AWS_ENDPOINT_URL_KMS"] = Peer.BaseUrl;
        Settings["AWS_ACCESS_KEY_ID"] = "id";
        Settings["AWS_SECRET_ACCESS_KEY"] = "secret-of-the-tests";
        var content = Wav.Create(1000);
        var message = Captured(content);
        Peer.Serve(ContentPath(message.RecordingId), content);
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var waiting = await JobAsync(message.RecordingId, job => job.LastFailure == nameof(TransferFailure.StoreUnavailable));
        waiting.LastError.ShouldNotBeNull().ShouldContain($"Key '{KmsKey}' could not be asked of KMS");
        Volatile.Write(ref isAway, false);
        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);

        job.EncryptionKeyId.ShouldBe(KmsKey);
        kms.Objects.ShouldAllBe(name => name == job.ObjectKey);
        archiver.LogText.ShouldNotContain("secret-of-the-tests");

        // What KMS wrapped for one object is refused for another.
        using var client = new Amazon.KeyManagementService.AmazonKeyManagementServiceClient(
            "id", "secret", new Amazon.KeyManagementService.AmazonKeyManagementServiceConfig { ServiceURL = Peer.BaseUrl, AuthenticationRegion = "eu-central-1" });
        using var key = new Burqi.Encryption.AwsKms.AwsKmsKey(KmsKey, client);
        var wrapped = await key.WrapAsync(new byte[39], "one", TestContext.Current.CancellationToken);
        (await key.UnwrapAsync(wrapped, "one", TestContext.Current.CancellationToken)).ShouldBe(new byte[39]);
        (await Should.ThrowAsync<EncryptionException>(() => key.UnwrapAsync(wrapped, "other", TestContext.Current.CancellationToken)))
            .Message.ShouldStartWith($"Key '{KmsKey}' is not the one that the object was encrypted with");
    }

    [Fact]
    public async Task Start_WithHalfAKey_SaysWhatIsMissing()
    {
        Settings["BURQI_ENCRYPTION_KEY"] = EncryptionKeys.Base64("a");

        var exception = await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(StartArchiverAsync);

        exception.Message.ShouldContain("BURQI_ENCRYPTION_KEY_ID is missing");
        exception.Message.ShouldNotContain(EncryptionKeys.Base64("a"));
    }

    /// <summary>The two requests of AWS KMS that are made of it, in its JSON.</summary>
    private sealed class PlayedKms(string arn)
    {
        private readonly LocalKey _key = EncryptionKeys.Key("kms");

        public System.Collections.Concurrent.ConcurrentQueue<string> Objects { get; } = new();

        public async Task AnswerAsync(HttpContext context)
        {
            using var asked = await JsonDocument.ParseAsync(context.Request.Body);
            var name = asked.RootElement.GetProperty("EncryptionContext").GetProperty("burqi:object").GetString()!;
            asked.RootElement.GetProperty("KeyId").GetString().ShouldBe(arn);
            context.Request.Headers.Authorization.ToString().ShouldContain("/eu-central-1/kms/aws4_request");
            Objects.Enqueue(name);
            try
            {
                var answer = context.Request.Headers["X-Amz-Target"] == "TrentService.Encrypt"
                    ? ("CiphertextBlob", await _key.WrapAsync(asked.RootElement.GetProperty("Plaintext").GetBytesFromBase64(), name, CancellationToken.None))
                    : ("Plaintext", await _key.UnwrapAsync(asked.RootElement.GetProperty("CiphertextBlob").GetBytesFromBase64(), name, CancellationToken.None));
                context.Response.ContentType = "application/x-amz-json-1.1";
                await context.Response.WriteAsync(JsonSerializer.Serialize(new Dictionary<string, string> { [answer.Item1] = Convert.ToBase64String(answer.Item2), ["KeyId"] = arn }));
            }
            catch (EncryptionException)
            {
                await RefuseAsync(context, 400, "InvalidCiphertextException");
            }
        }

        public static Task RefuseAsync(HttpContext context, int status, string type)
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/x-amz-json-1.1";
            return context.Response.WriteAsync($$"""{"__type":"{{type}}","message":"no"}""");
        }
    }
}
