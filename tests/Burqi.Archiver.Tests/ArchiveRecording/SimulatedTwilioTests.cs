using Burqi.Archiver.Jobs;
using Burqi.Archiver.Tests.Support;
using Burqi.Contracts.Recordings;
using Burqi.Simulator;
using Burqi.Simulator.Audio;
using Burqi.Simulator.Rest;
using Microsoft.AspNetCore.Http;

namespace Burqi.Archiver.Tests.ArchiveRecording;

/// <summary>A recording of a call at the simulated provider, which is as strict and as unreliable as the real one.</summary>
public sealed class SimulatedTwilioTests : ArchiverTest
{
    private const string Twiml =
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Response>
          <Start><Recording channels="dual" track="both" trim="do-not-trim"/></Start>
          <Dial callerId="+18005551212"><Number>+14255550123</Number></Dial>
        </Response>
        """;

    [Fact]
    public async Task Ready_ProviderFailsInEveryWay_TheDualRecordingIsStoredByteForByte()
    {
        Peer.Answers["/voice"] = (context, _) =>
        {
            context.Response.ContentType = "application/xml";
            return context.Response.WriteAsync(Twiml);
        };
        await using var twilio = await TwilioSimulator.StartAsync(
            new TwilioSimulatorOptions { AllowLoopback = true, Speed = double.PositiveInfinity, NotFoundBeforeReady = 2 });
        var call = await twilio.PlaceCallAsync(new()
        {
            VoiceUrl = $"{Peer.BaseUrl}/voice",
            Caller = AudioSource.Pattern(1, TimeSpan.FromSeconds(3)),
            Callee = AudioSource.Pattern(2, TimeSpan.FromSeconds(2)),
        });
        var recording = call.Recordings.ShouldHaveSingleItem();
        twilio.Fail(new RestFault { Target = RestTarget.Media, Status = 429, RetryAfter = 1 });
        twilio.Fail(new RestFault { Target = RestTarget.Media, Status = 503 });
        twilio.Fail(new RestFault { Target = RestTarget.Media, BreaksOffAfter = 0.4 });
        twilio.Fail(new RestFault { Target = RestTarget.Media, BreaksOffAfter = 0.6, TruncatedUnnoticed = true });
        Settings["TWILIO_API_BASE_URL"] = twilio.ApiBaseUrl;
        Settings["TWILIO_AUTH_TOKEN"] = twilio.Options.AuthToken;
        var message = Ready() with
        {
            CallId = call.CallSid,
            ProviderRecordingId = recording.RecordingSid,
            AccountId = twilio.Options.AccountSid,
            StartedAt = recording.StartedAt,
        };
        await using var archiver = await StartArchiverAsync();

        await archiver.PublishAsync(message);
        var job = await JobAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        job.Status.ShouldBe(JobStatuses.Completed);
        (await File.ReadAllBytesAsync(Path.Combine(ObjectsFolder, job.ObjectKey!))).ShouldBe(recording.ToWav(2));
        (job.Channels, job.SampleRate, job.DurationMs).ShouldBe((2, 8000, (long)recording.Duration.TotalMilliseconds));
        recording.MediaRequests.ShouldBe(5); // not there, not there, broken off, cut short, whole: 429 and 503 are answered before it is looked for
    }

    [Fact]
    public async Task Ready_RecordingOfAFurtherAccount_IsSplitAndThenDeletedThere()
    {
        Peer.Answers["/voice"] = (context, _) =>
        {
            context.Response.ContentType = "application/xml";
            return context.Response.WriteAsync(Twiml);
        };
        await using var twilio = await TwilioSimulator.StartAsync(
            new TwilioSimulatorOptions { AccountSid = "AC00000000000000000000000000000002", AllowLoopback = true, Speed = double.PositiveInfinity });
        var call = await twilio.PlaceCallAsync(new()
        {
            VoiceUrl = $"{Peer.BaseUrl}/voice",
            Caller = AudioSource.Pattern(1, TimeSpan.FromSeconds(3)),
            Callee = AudioSource.Pattern(2, TimeSpan.FromSeconds(3)),
        });
        var recording = call.Recordings.ShouldHaveSingleItem();
        var dual = recording.ToWav(2);
        twilio.Fail(new RestFault { Target = RestTarget.Delete, Status = 500 });
        twilio.Fail(new RestFault { Target = RestTarget.Delete, Status = 429, RetryAfter = 1 });
        Settings["TWILIO_API_BASE_URL"] = twilio.ApiBaseUrl;
        Settings["TWILIO_CREDENTIALS"] = "sales";
        Settings["TWILIO_SALES_ACCOUNT_SID"] = twilio.Options.AccountSid;
        Settings["TWILIO_SALES_AUTH_TOKEN"] = twilio.Options.AuthToken;
        var message = Ready() with
        {
            CallId = call.CallSid,
            ProviderRecordingId = recording.RecordingSid,
            AccountId = twilio.Options.AccountSid,
            AssistantId = "front-desk",
            DurationMs = (long)recording.Duration.TotalMilliseconds,
            StartedAt = recording.StartedAt,
        };
        await using var archiver = await StartArchiverAsync();
        await archiver.TellAsync(Assistant("front-desk", deleteAfterDays: 0));

        await archiver.PublishAsync(message);
        await DeletionAsync(message.RecordingId, job => job.OutcomeAnnouncedAt is not null);

        foreach (var (type, channel) in new[] { (RecordingTypes.User, 1), (RecordingTypes.Assistant, 2) })
        {
            var split = await SplitAsync(message, type, job => job.Status == JobStatuses.Completed);
            (await File.ReadAllBytesAsync(Path.Combine(ObjectsFolder, split.ObjectKey!))).ShouldBe(Wav.Channel(dual, channel));
        }

        recording.Status.ShouldBe("deleted");
        archiver.Published.Of<ProviderRecordingDeleted>().ShouldHaveSingleItem().ProviderRecordingId.ShouldBe(recording.RecordingSid);
    }
}
