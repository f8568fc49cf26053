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
            Track = "both",
        });
    }

    [Theory]
    [InlineData("in-progress", typeof(RecordingStarted))]
    [InlineData("completed", typeof(ProviderRecordingReady))]
    [InlineData("absent", typeof(RecordingFailed))]
    [InlineData("failed", typeof(RecordingFailed))]
    [InlineData("paused", null)]
    public async Task Post_OnTheOtherRoute_IsTheSameButAnswered200(string status, Type? told)
    {
        await using var host = await IngressHost.StartAsync();
        using var metrics = host.Measure();

        (await host.Twilio.StatusOfAsync("/recording/status", TwilioClient.RecordingStatus(("RecordingStatus", status)))).ShouldBe(HttpStatusCode.OK);

        metrics.Sum("burqi.ingress.recording_statuses", $"status={(told is null ? "unknown" : status)}").ShouldBe(1);
        metrics.Sum("burqi.ingress.webhooks", "kind=recording-status").ShouldBe(1);
        host.Bus.Attempts.ShouldBe(told is null ? 0 : 1);
        if (told is not null)
        {
            (await host.Events.WaitForAsync(1)).Single().ShouldBeOfType(told);
        }
    }

    [Fact]
    public async Task Post_OnTheOtherRouteUnsigned_IsRefused()
    {
        await using var host = await IngressHost.StartAsync();

        (await host.Twilio.PostAsync("/recording/status", TwilioClient.RecordingStatus(), null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await host.Twilio.PostAsync("/recording/status", TwilioClient.RecordingStatus(), host.Twilio.Sign(Route, TwilioClient.RecordingStatus())))
            .StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        host.Bus.Attempts.ShouldBe(0);
    }

    [Theory]
    [InlineData("/twilio/recording-status", HttpStatusCode.NoContent)]
    [InlineData("/recording/status", HttpStatusCode.OK)]
    public async Task Post_BusIsAway_IsKeptOnDiskAndAnsweredAsEver(string route, HttpStatusCode answer)
    {
        await using var host = await IngressHost.StartAsync();
        host.Bus.State = BusState.Down;

        (await host.Twilio.StatusOfAsync(route, TwilioClient.RecordingStatus())).ShouldBe(answer);

        host.Spool.PendingCount.ShouldBe(1);
    }

    [Fact]
    public async Task Post_LastFirst_TellsEachAsItComesUnderOneId()
    {
        await using var host = await IngressHost.StartAsync();

        foreach (var status in new[] { "completed", "in-progress", "completed", "in-progress" })
        {
            await host.Twilio.StatusOfAsync(Route, TwilioClient.RecordingStatus(("RecordingStatus", status)));
        }

        var told = await host.Events.WaitForAsync(4);
        told.OfType<ProviderRecordingReady>().Select(message => message.RecordingId).ShouldBe([Id, Id]);
        told.OfType<RecordingStarted>().Select(message => message.RecordingId).ShouldBe([Id, Id]);
    }

    [Fact]
    public async Task Post_ConferenceWithoutACall_IsTheConferences()
    {
        const string Conference = "CF00000000000000000000000000000001";
        await using var host = await IngressHost.StartAsync();

        await host.Twilio.StatusOfAsync(
            Route, TwilioClient.RecordingStatus(("CallSid", ""), ("ConferenceSid", Conference), ("RecordingSource", "Conference"), ("RecordingChannels", "1")));

        var ready = await host.Events.SingleAsync<ProviderRecordingReady>();
        (ready.CallId, ready.Origin, ready.Channels).ShouldBe((Conference, "Conference", 1));
        ready.RecordingId.ShouldBe(RecordingId.Create("twilio", Conference, TwilioClient.RecordingSid, "provider"));
    }

    [Fact]
    public async Task Post_ConferenceWithACall_IsTheCalls()
    {
        await using var host = await IngressHost.StartAsync();

        await host.Twilio.StatusOfAsync(Route, TwilioClient.RecordingStatus(("ConferenceSid", "CF00000000000000000000000000000001")));

        (await host.Events.SingleAsync<ProviderRecordingReady>()).CallId.ShouldBe(TwilioClient.CallSid);
    }

    [Theory]
    [InlineData("RecordingDuration", "-1")]
    [InlineData("RecordingDuration", "")]
    [InlineData("RecordingChannels", "7")]
    [InlineData("RecordingStartTime", "yesterday")]
    [InlineData("RecordingStartTime", "Fri, 31 Dec 9999 23:59:59 +0000")]
    [InlineData("RecordingTrack", "sideways")]
    [InlineData("RecordingSource", "")]
    public async Task Post_FieldThatTellsNothing_IsLeftOpen(string name, string value)
    {
        await using var host = await IngressHost.StartAsync();

        await host.Twilio.StatusOfAsync(Route, TwilioClient.RecordingStatus((name, value)));

        var ready = await host.Events.SingleAsync<ProviderRecordingReady>();
        new object?[] { ready.DurationMs, ready.Channels, ready.StartedAt, ready.Track, ready.Origin }.Count(field => field is null).ShouldBe(1);
    }

    [Fact]
    public async Task Post_Encrypted_SaysSo()
    {
        await using var host = await IngressHost.StartAsync();

        await host.Twilio.StatusOfAsync(
            Route, TwilioClient.RecordingStatus(("EncryptionDetails", """{"encryption_public_key_sid":"CR1","encryption_cek":"x","encryption_iv":"y"}""")));

        (await host.Events.SingleAsync<ProviderRecordingReady>()).Encrypted.ShouldBe(true);
    }

    [Theory]
    [InlineData("https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1", 0)]
    [InlineData("https://api.dublin.ie1.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1", 0)]
    [InlineData("http://127.0.0.1:8443/2010-04-01/Accounts/AC1/Recordings/RE1", 0)]
    [InlineData("http://api.twilio.com/x", 1)]
    [InlineData("https://api.twilio.com.evil.example/x", 1)]
    [InlineData("https://api.twilio.com@evil.example/x", 1)]
    [InlineData("https://169.254.169.254/latest/meta-data", 1)]
    [InlineData("not a url", 1)]
    public async Task Post_RecordingUrl_IsNeverUsedAndAForeignOneIsNoticed(string url, int warnings)
    {
        await using var host = await IngressHost.StartAsync(null, ("TWILIO_API_BASE_URL", "http://127.0.0.1:8443"));

        (await host.Twilio.StatusOfAsync(Route, TwilioClient.RecordingStatus(("RecordingUrl", url)))).ShouldBe(HttpStatusCode.NoContent);

        (await host.Events.SingleAsync<ProviderRecordingReady>()).ToString().ShouldNotContain("http");
        host.Logs.Count(2232).ShouldBe(warnings);
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
    [InlineData("CallSid", "CF00000000000000000000000000000001")]
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
