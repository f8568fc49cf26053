using System.Net;
using Burqi.Contracts.Recordings;
using Burqi.Identity;
using Burqi.Ingress.Tests.Support;

namespace Burqi.Ingress.Tests.Twilio.RecordingStatus;

public sealed class RecordingStatusEndpointTests
{
    private const string Route = "/twilio/recording-status";

    private static readonly Guid Id = RecordingId.Create("twilio", TwilioClient.CallSid, TwilioClient.RecordingSid, "provider");
    private static readonly DateTimeOffset StartedAt = new(2026, 3, 24, 18, 15, 40, TimeSpan.Zero);

    [Fact]
    public async Task Post_Completed_TellsThatTwilioHoldsIt()
    {
        await using var host = await IngressHost.StartAsync();

        (await host.Twilio.StatusOfAsync(Route, TwilioClient.RecordingStatus())).ShouldBe(HttpStatusCode.NoContent);

        var ready = await host.Events.SingleAsync<ProviderRecordingReady>();
        ready.ShouldBe(new ProviderRecordingReady
        {
            RecordingId = Id,
            Provider = "twilio",
            CallId = TwilioClient.CallSid,
            RecordingType = "provider",
            RecordingSource = "twilio",
            ProviderRecordingId = TwilioClient.RecordingSid,
            Channels = 2,
            AccountId = TwilioClient.AccountSid,
            DurationMs = 13_000,
            Origin = "StartCallRecordingTwiML",
            StartedAt = StartedAt,
            ReadyAt = ready.ReadyAt,
        });
    }

    [Fact]
    public async Task Post_InProgress_TellsThatItHasBegun()
    {
        await using var host = await IngressHost.StartAsync();

        await host.Twilio.StatusOfAsync(Route, TwilioClient.RecordingStatus(("RecordingStatus", "in-progress"), ("RecordingDuration", "-1")));

        (await host.Events.SingleAsync<RecordingStarted>()).ShouldBe(new RecordingStarted
        {
            RecordingId = Id,
            Provider = "twilio",
            CallId = TwilioClient.CallSid,
            RecordingType = "provider",
            RecordingSource = "twilio",
            ProviderRecordingId = TwilioClient.RecordingSid,
            Channels = 2,
            StartedAt = StartedAt,
        });
    }

    [Theory]
    [InlineData("absent", "16101", RecordingStatuses.Absent, "16101", "too short")]
    [InlineData("absent", "16102", RecordingStatuses.Absent, "16102", "silent")]
    [InlineData("absent", "0", RecordingStatuses.Absent, null, "has no recording")]
    [InlineData("failed", "", RecordingStatuses.Failed, null, "could not make")]
    public async Task Post_AbsentOrFailed_TellsWhy(string status, string code, string expected, string? expectedCode, string reason)
    {
        await using var host = await IngressHost.StartAsync();

        await host.Twilio.StatusOfAsync(Route, TwilioClient.RecordingStatus(("RecordingStatus", status), ("ErrorCode", code)));

        var failed = await host.Events.SingleAsync<RecordingFailed>();
        failed.RecordingId.ShouldBe(Id);
        failed.RecordingType.ShouldBe("provider");
        failed.RecordingSource.ShouldBe("twilio");
        failed.ProviderRecordingId.ShouldBe(TwilioClient.RecordingSid);
        failed.Status.ShouldBe(expected);
        failed.ErrorCode.ShouldBe(expectedCode);
        failed.Reason.ShouldContain(reason);
    }

    [Fact]
    public async Task Post_StatusOfTomorrow_IsAcceptedAndChangesNothing()
    {
        await using var host = await IngressHost.StartAsync();

        (await host.Twilio.StatusOfAsync(Route, TwilioClient.RecordingStatus(("RecordingStatus", "paused")))).ShouldBe(HttpStatusCode.NoContent);

        host.Bus.Attempts.ShouldBe(0);
        host.Logs.Count(2231).ShouldBe(1);
    }

    [Theory]
    [InlineData("AccountSid", "AC1")]
    [InlineData("CallSid", "")]
    [InlineData("CallSid", "RE00000000000000000000000000000001")]
    [InlineData("RecordingSid", "")]
    [InlineData("RecordingSid", "RE../../../../../../../../etc/passwd")]
    public async Task Post_SidThatIsNone_IsABadRequest(string name, string value)
    {
        await using var host = await IngressHost.StartAsync(null, ("TWILIO_ACCOUNT_SID", null));

        using var response = await host.Twilio.PostAsync(Route, TwilioClient.RecordingStatus((name, value)));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldContain(name);
        host.Bus.Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task Post_Duplicate_IsToldAgainUnderTheSameId()
    {
        await using var host = await IngressHost.StartAsync();

        await host.Twilio.StatusOfAsync(Route, TwilioClient.RecordingStatus());
        await host.Twilio.StatusOfAsync(Route, TwilioClient.RecordingStatus());

        (await host.Events.WaitForAsync(2)).Cast<ProviderRecordingReady>().Select(ready => ready.RecordingId).Distinct().ShouldBe([Id]);
    }
}
