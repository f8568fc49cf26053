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
        archived.StartedAt.ShouldBe(StartedAt);
        archived.EndedAt.ShouldBe(StartedAt.AddMilliseconds(1234));
        var asked = Peer.Seen.ShouldHaveSingleItem();
        asked.Query.ShouldBe("?RequestedChannels=2");
        asked.Authorization.ShouldBe("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{AccountSid}:token")));
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
        var message = Ready() with { Provider = "acs" };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);

        (await JobAsync(message.RecordingId, job => job.Status == JobStatuses.Dead)).LastError
            .ShouldBe("The announcement names a provider whose recordings this version cannot fetch.");
    }

    private static Task AnswerAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
