using System.Buffers.Binary;
using System.Text;
using Burqi.Archiver.ArchiveRecording;
using Burqi.Archiver.Jobs;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Recordings;
using Microsoft.AspNetCore.Http;

namespace Burqi.Archiver.Tests.ArchiveRecording;

public sealed class ProviderRecordingTests : ArchiverTest
{
    private readonly byte[] _content = Wav.Create(1234, channels: 2);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Settings["TWILIO_CHANNEL_MAP"] = "none"; // how it is split is told elsewhere
    }

    [Fact]
    public async Task Ready_RecordingHeldByTwilio_IsFetchedWithBothChannelsAndMeasured()
    {
        Peer.Serve(TwilioMediaPath, _content);
        var message = Ready();
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        var archived = archiver.Published.Of<RecordingArchived>().ShouldHaveSingleItem();
        archived.ObjectKey.ShouldBe($"recordings/2026/11/20/{CallSid}/{CallSid}_{RecordingSid}.wav");
        archived.Format.ShouldBe("wav");
        archived.SampleRate.ShouldBe(8000);
        archived.Channels.ShouldBe(2);
        archived.DurationMs.ShouldBe(1234);
        archived.Sha256.ShouldBe(Wav.Sha256(_content));
        archived.Origin.ShouldBe("StartCallRecordingTwiML");
        (archived.Peak, archived.SilentChannels).ShouldBe((Wav.Peak(_content), 0));
        archived.StartedAt.ShouldBe(StartedAt);
        archived.EndedAt.ShouldBe(StartedAt.AddMilliseconds(1234));
        var asked = Peer.Seen.ShouldHaveSingleItem();
        asked.Query.ShouldBe("?RequestedChannels=2");
        asked.Authorization.ShouldBe("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{AccountSid}:token")));
    }

    [Theory]
    [InlineData(2, new[] { 0, 0 }, 0, 2)]
    [InlineData(2, new[] { 1000, 0 }, 1000, 1)]
    [InlineData(2, new[] { 32, 32 }, 32, 2)]
    [InlineData(2, new[] { -32768, 33 }, 32768, 0)]
    [InlineData(1, new[] { -33 }, 33, 0)]
    [InlineData(1, new[] { 0 }, 0, 1)]
    public async Task Ready_SamplesThatPass_AreMeasuredPerChannel(int channels, int[] peaks, int peak, int silentChannels)
    {
        // The last frame alone is loud, well behind the first block; what lies behind the samples is none.
        var content = Wav.Silence(20_000, channels);
        for (var channel = 0; channel < channels; channel++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(content.AsSpan(content.Length - ((channels - channel) * 2)), (short)peaks[channel]);
        }

        content = [.. content, .. "LIST"u8, 4, 0, 0, 0, .. "\xff\x7f\xff\x7f"u8.ToArray()];
        Peer.Serve(TwilioMediaPath, content);
        var message = Ready() with { DurationMs = 20_000, Channels = channels };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        var archived = archiver.Published.Of<RecordingArchived>().ShouldHaveSingleItem();
        (archived.Peak, archived.SilentChannels).ShouldBe((peak, silentChannels));
    }

    [Fact]
    public async Task Ready_ApiKeyGiven_IsPreferredToTheAccountsToken()
    {
        Settings["TWILIO_API_KEY"] = "SK1";
        Settings["TWILIO_API_SECRET"] = "secret";
        Peer.Serve(TwilioMediaPath, _content);
        var message = Ready();
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);

        Peer.Seen.ShouldHaveSingleItem().Authorization.ShouldBe("Basic " + Convert.ToBase64String("SK1:secret"u8));
    }

    [Fact]
    public async Task Ready_RecordingHasOneChannel_IsAskedForAgainWithoutTwo()
    {
        var mono = Wav.Create(500);
        Peer.Answers[TwilioMediaPath] = (context, _) => context.Request.Query.ContainsKey("RequestedChannels")
            ? AnswerAsync(context, StatusCodes.Status400BadRequest)
            : HttpPeer.WriteAsync(context, mono);
        var message = Ready();
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);

        job.Channels.ShouldBe(1);
        job.Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task Ready_MissingAtFirst_IsAskedForUntilItIsThere()
    {
        Peer.Answers[TwilioMediaPath] = (context, number) => number < 5
            ? AnswerAsync(context, StatusCodes.Status404NotFound)
            : HttpPeer.WriteAsync(context, _content);
        var message = Ready();
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);

        job.Attempts.ShouldBe(6);
        Peer.Seen.ShouldNotContain(seen => seen.Path == TwilioMetadataPath);
    }

    [Theory]
    [InlineData("""{"status":"absent"}""", "Twilio has no audio: the recording is absent.")]
    [InlineData("""{"status":"deleted"}""", "Twilio has no audio: the recording is deleted.")]
    [InlineData("""{"status":"completed","media_url":"https://bucket.s3.amazonaws.com/x.wav"}""", "Twilio does not hold the audio: the account keeps its recordings in external storage.")]
    [InlineData(null, "Twilio does not know the recording (404 for its metadata as well).")]
    public async Task Ready_MissingForLong_MetadataTellsWhyAndItIsGivenUp(string? metadata, string reason)
    {
        Settings["Archiver:Twilio:NotReadyGrace"] = "00:00:00.200";
        if (metadata is not null)
        {
            Peer.Answers[TwilioMetadataPath] = (context, _) => context.Response.WriteAsync(metadata);
        }

        var message = Ready();
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        job.LastFailure.ShouldBe(nameof(TransferFailure.SourceGone));
        archiver.Published.Of<RecordingArchiveFailed>().ShouldHaveSingleItem().Reason.ShouldBe(reason);
    }

    [Fact]
    public async Task Ready_MetadataSaysItIsStillProcessed_IsAskedForFurther()
    {
        Settings["Archiver:Twilio:NotReadyGrace"] = "00:00:00";
        Peer.Answers[TwilioMetadataPath] = (context, _) => context.Response.WriteAsync("""{"status":"processing","media_url":null}""");
        Peer.Answers[TwilioMediaPath] = (context, number) => number < 3
            ? AnswerAsync(context, StatusCodes.Status404NotFound)
            : HttpPeer.WriteAsync(context, _content);
        var message = Ready();
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);

        (await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed)).Attempts.ShouldBe(4);
    }

    [Fact]
    public async Task Ready_TooManyRequests_WaitsAsLongAsItIsAsked()
    {
        var answered = new List<long>();
        Peer.Answers[TwilioMediaPath] = (context, number) =>
        {
            answered.Add(Environment.TickCount64);
            if (number > 0)
            {
                return HttpPeer.WriteAsync(context, _content);
            }

            context.Response.Headers.RetryAfter = "1";
            return AnswerAsync(context, StatusCodes.Status429TooManyRequests);
        };
        var message = Ready();
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);

        job.Attempts.ShouldBe(1);
        (answered[1] - answered[0]).ShouldBeGreaterThanOrEqualTo(950);
    }

    [Fact]
    public async Task Ready_AskedToWaitForLong_TheJobWaitsInsteadOfTheWorker()
    {
        Settings["Archiver:Download:LongestRetryAfter"] = "00:00:00.100";
        Peer.Answers[TwilioMediaPath] = (context, number) =>
        {
            if (number > 0)
            {
                return HttpPeer.WriteAsync(context, _content);
            }

            context.Response.Headers.RetryAfter = "1";
            return AnswerAsync(context, StatusCodes.Status503ServiceUnavailable);
        };
        var message = Ready();
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job is { Status: JobStatuses.Waiting, LastFailure: nameof(TransferFailure.SourceUnavailable) });
        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);

        job.Attempts.ShouldBe(2);
    }

    [Fact]
    public async Task Ready_AnswerIsAnErrorPage_IsNeverStored()
    {
        Peer.Answers[TwilioMediaPath] = (context, number) => number < 2
            ? context.Response.WriteAsync("<html>Please come back later</html>")
            : HttpPeer.WriteAsync(context, _content);
        var message = Ready();
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);

        job.Attempts.ShouldBe(3);
        job.Sha256.ShouldBe(Wav.Sha256(_content));
    }

    [Fact]
    public async Task Ready_BodyShorterThanItsOwnHeaderSays_IsNotTaken()
    {
        // Chunked, and ended in good order: only the file itself tells that half of it is missing.
        Peer.Answers[TwilioMediaPath] = async (context, number) =>
            await context.Response.Body.WriteAsync(number < 1 ? _content.AsMemory(0, _content.Length / 2) : _content);
        var message = Ready();
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);

        job.Attempts.ShouldBe(2);
        job.FileSize.ShouldBe(_content.Length);
    }

    [Fact]
    public async Task Ready_LengthIsNotTheAnnounced_IsNotTaken()
    {
        // Its header leaves the sizes open, and it is ended in good order: only the announcement tells that most of it is missing.
        var whole = Open(Wav.Create(9000, channels: 2));
        Peer.Answers[TwilioMediaPath] = async (context, number) =>
            await context.Response.Body.WriteAsync(number < 2 ? whole.AsMemory(0, 100_000) : whole);
        var message = Ready() with { DurationMs = 9000 };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);

        (job.Attempts, job.FileSize, job.DurationMs).ShouldBe((3, whole.Length, 9000));
        StoredFiles().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(3000, 2, 9000, 2, "What Twilio sent is 3000 ms long, announced were 9000 ms.")]
    [InlineData(9000, 2, 3000, 2, "What Twilio sent is 9000 ms long, announced were 3000 ms.")]
    [InlineData(3000, 1, 3000, 2, "What Twilio sent has 1 channel, announced were 2.")]
    [InlineData(0, 2, 1000, 2, "What Twilio sent holds no audio.")]
    [InlineData(0, 2, null, null, "What Twilio sent holds no audio.")]
    public async Task Ready_AudioIsNotWhatWasAnnounced_SaysWhyAndStoresNothing(int ms, int channels, int? announcedMs, int? announcedChannels, string reason)
    {
        Peer.Serve(TwilioMediaPath, Wav.Create(ms, channels));
        var message = Ready() with { DurationMs = announcedMs, Channels = announcedChannels };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job is { Status: JobStatuses.Waiting, Attempts: > 1 });

        job.LastFailure.ShouldBe(nameof(TransferFailure.ContentMismatch));
        job.LastError.ShouldBe(reason);
        StoredFiles().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1000, 2900, 2, null, null)] // within what whole seconds leave open
    [InlineData(null, 5000, 2, null, null)] // nothing announced
    [InlineData(1000, 5000, 2, 2, """{"status":"completed","duration":"5","channels":2}""")] // the announcement was wrong
    [InlineData(-1, 5000, 1, 2, """{"status":"completed","duration":"5","channels":1}""")]
    [InlineData(5000, 5000, 2, 1, null)] // more than was announced is no loss
    public async Task Ready_AudioIsWhatTwilioSaysOfIt_IsTaken(int? announcedMs, int ms, int channels, int? announcedChannels, string? metadata)
    {
        var content = Wav.Create(ms, channels);
        Peer.Serve(TwilioMediaPath, content);
        if (metadata is not null)
        {
            Peer.Answers[TwilioMetadataPath] = (context, _) => context.Response.WriteAsync(metadata);
        }

        var message = Ready() with { DurationMs = announcedMs, Channels = announcedChannels };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Completed);

        (job.Attempts, job.Sha256, job.DurationMs, job.Channels).ShouldBe((1, Wav.Sha256(content), ms, channels));
    }

    [Theory]
    [InlineData("""{"status":"processing","duration":null,"channels":2}""")]
    [InlineData("""{"status":"completed","duration":"nonsense"}""")]
    [InlineData("""[1]""")]
    [InlineData("null")]
    [InlineData("""{"status":"completed","duration":"9","channels":2}""")]
    public async Task Ready_MetadataDoesNotBearTheAudioOut_IsNotTaken(string metadata)
    {
        Peer.Serve(TwilioMediaPath, Wav.Create(3000, channels: 2));
        Peer.Answers[TwilioMetadataPath] = (context, _) => context.Response.WriteAsync(metadata);
        var message = Ready() with { DurationMs = 9000 };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job is { Status: JobStatuses.Waiting, Attempts: > 1 });

        job.LastError.ShouldBe("What Twilio sent is 3000 ms long, announced were 9000 ms.");
        StoredFiles().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"status":"deleted"}""", nameof(TransferFailure.SourceGone), "Twilio has no audio: the recording is deleted.")]
    [InlineData("""{"status":"completed","encryption_details":{"type":"rsa-aes"}}""", nameof(TransferFailure.Refused), "Twilio holds the recording encrypted with a key of the account's own: Burqi cannot read it.")]
    public async Task Ready_NotAudioAndNeverWillBe_MetadataTellsWhyAndItIsGivenUp(string metadata, string failure, string reason)
    {
        Peer.Answers[TwilioMediaPath] = (context, _) => context.Response.WriteAsync("not audio");
        Peer.Answers[TwilioMetadataPath] = (context, _) => context.Response.WriteAsync(metadata);
        var message = Ready();
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Dead);

        (job.Attempts, job.LastFailure, job.LastError).ShouldBe((1, failure, reason));
        Peer.Seen.ShouldContain(seen => seen.Path == TwilioMetadataPath && seen.Query == "?IncludeSoftDeleted=true");
    }

    [Fact]
    public async Task Ready_AnnouncedAsEncrypted_IsDeadAtOnce()
    {
        var message = Ready() with { Encrypted = true };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        archiver.Published.Of<RecordingArchiveFailed>().ShouldHaveSingleItem().Reason
            .ShouldBe("Twilio holds the recording encrypted with a key of the account's own: Burqi cannot read it.");
        Peer.Seen.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(StatusCodes.Status404NotFound, 600, 540, 900)]
    [InlineData(StatusCodes.Status429TooManyRequests, 600, 540, 900)]
    [InlineData(StatusCodes.Status503ServiceUnavailable, 600, 540, 900)]
    [InlineData(StatusCodes.Status503ServiceUnavailable, 31_536_000, 3540, 5400)] // a year: an odd header is not obeyed for longer than an hour
    public async Task Ready_AskedToWait_TheJobIsPutOffForThatLong(int status, int asked, int atLeast, int atMost)
    {
        Peer.Answers[TwilioMediaPath] = (context, _) =>
        {
            context.Response.Headers.RetryAfter = asked.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return AnswerAsync(context, status);
        };
        var message = Ready();
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        await JobAsync(message.RecordingId, job => job is { Status: JobStatuses.Waiting, LastFailure: not null });

        (await ScalarAsync<double>("select extract(epoch from next_attempt_at - now())::float8 from archiver.jobs")).ShouldBeInRange(atLeast, atMost);
        Peer.Seen.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(null, null, "There are no credentials for Twilio: set TWILIO_API_KEY and TWILIO_API_SECRET, or TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.")]
    [InlineData(null, "token", "The credentials for Twilio are not whole: TWILIO_AUTH_TOKEN is of no use without TWILIO_ACCOUNT_SID.")]
    public async Task Ready_NoCredentials_SaysSoBeforeAnythingIsAsked(string? account, string? token, string reason)
    {
        (Settings["TWILIO_ACCOUNT_SID"], Settings["TWILIO_AUTH_TOKEN"]) = (account, token);
        var message = Ready();
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job is { Status: JobStatuses.Waiting, LastFailure: not null });

        (job.LastFailure, job.LastError).ShouldBe((nameof(TransferFailure.SourceRefused), reason));
        Peer.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task Ready_CredentialsAreWrong_SaysWhich()
    {
        Peer.Answers[TwilioMediaPath] = (context, _) => AnswerAsync(context, StatusCodes.Status401Unauthorized);
        var message = Ready();
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);

        (await JobAsync(message.RecordingId, job => job is { Status: JobStatuses.Waiting, LastFailure: not null })).LastError
            .ShouldBe("Twilio did not accept TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN (401).");
    }

    [Fact]
    public async Task Ready_RecordingIdIsHostile_IsDeadAtOnce()
    {
        var message = Ready() with { ProviderRecordingId = "RE1/../../Messages" };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Dead);

        job.LastError.ShouldBe("The announcement of the recording cannot be trusted: the provider's recording id is not a Twilio RecordingSid.");
        Peer.Seen.ShouldBeEmpty();
    }

    [Fact]
    public async Task Ready_ProviderThatCannotBeFetchedYet_IsDeadWithThatReason()
    {
        var message = Ready() with { Provider = "another" };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);

        (await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Dead)).LastError
            .ShouldBe("The announcement names a provider whose recordings this version cannot fetch.");
    }

    /// <summary>A file whose writer did not know how long it would become.</summary>
    private static byte[] Open(byte[] file)
    {
        file.AsSpan(4, 4).Fill(0xFF);
        file.AsSpan(40, 4).Fill(0xFF);
        return file;
    }

    private static Task AnswerAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
