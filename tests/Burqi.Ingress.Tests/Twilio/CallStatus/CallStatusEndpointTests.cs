using System.Net;
using Burqi.Contracts.Calls;
using Burqi.Ingress.Tests.Support;

namespace Burqi.Ingress.Tests.Twilio.CallStatus;

public sealed class CallStatusEndpointTests
{
    private const string Route = "/twilio/call-status";

    [Theory]
    [InlineData("completed", CallStatuses.Completed)]
    [InlineData("busy", CallStatuses.Busy)]
    [InlineData("no-answer", CallStatuses.NoAnswer)]
    [InlineData("canceled", CallStatuses.Canceled)]
    [InlineData("failed", CallStatuses.Failed)]
    public async Task Post_FinalStatusOfTheParent_EndsTheCall(string status, string expected)
    {
        await using var host = await IngressHost.StartAsync();

        (await host.Twilio.StatusOfAsync(Route, TwilioClient.CallStatus(("CallStatus", status)))).ShouldBe(HttpStatusCode.NoContent);

        (await host.Events.SingleAsync<CallEnded>()).ShouldBe(new CallEnded
        {
            Provider = "twilio",
            CallId = TwilioClient.CallSid,
            Status = expected,
            DurationMs = 42_000,
            EndedAt = new DateTimeOffset(2026, 3, 24, 18, 16, 22, TimeSpan.Zero),
        });
    }

    [Theory]
    [InlineData("queued")]
    [InlineData("initiated")]
    [InlineData("ringing")]
    [InlineData("in-progress")]
    public async Task Post_EarlierStatusOfTheParent_TellsOfTheCallAgain(string status)
    {
        await using var host = await IngressHost.StartAsync();

        (await host.Twilio.StatusOfAsync(Route, TwilioClient.CallStatus(("CallStatus", status), ("CallDuration", "")))).ShouldBe(HttpStatusCode.NoContent);

        (await host.Events.SingleAsync<CallStarted>()).ShouldBe(new CallStarted
        {
            Provider = "twilio",
            CallId = TwilioClient.CallSid,
            AccountId = TwilioClient.AccountSid,
            Direction = "inbound",
            From = TwilioClient.Caller,
            To = TwilioClient.OurNumber,
            StartedAt = new DateTimeOffset(2026, 3, 24, 18, 16, 22, TimeSpan.Zero),
        });
    }

    [Theory]
    [InlineData("ParentCallSid", TwilioClient.CallSid)]
    [InlineData("ParentCallSid", "anything")]
    [InlineData("CallStatus", "a-status-of-tomorrow")]
    [InlineData("CallStatus", "")]
    public async Task Post_ChildLegOrUnknownStatus_IsAcceptedAndChangesNothing(string name, string value)
    {
        await using var host = await IngressHost.StartAsync();

        (await host.Twilio.StatusOfAsync(Route, TwilioClient.CallStatus(("CallSid", TwilioClient.ChildCallSid), (name, value)))).ShouldBe(HttpStatusCode.NoContent);

        Directory.GetFiles(host.Spool.JournalDirectory).ShouldBeEmpty();
        host.Bus.Attempts.ShouldBe(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("CA1")]
    [InlineData("CA00000000000000000000000000000001/..")]
    [InlineData("CA0000000000000000000000000000000\n")]
    public async Task Post_NoCallSid_IsABadRequest(string callSid)
    {
        await using var host = await IngressHost.StartAsync();

        (await host.Twilio.StatusOfAsync(Route, TwilioClient.CallStatus(("CallSid", callSid)))).ShouldBe(HttpStatusCode.BadRequest);

        host.Bus.Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task Post_NoTimeOrDuration_TakesOursAndNone()
    {
        await using var host = await IngressHost.StartAsync();
        var before = TimeProvider.System.GetUtcNow();

        await host.Twilio.StatusOfAsync(Route, TwilioClient.CallStatus(("Timestamp", "yesterday"), ("CallDuration", "-1")));

        var ended = await host.Events.SingleAsync<CallEnded>();
        ended.EndedAt.ShouldBeInRange(before, TimeProvider.System.GetUtcNow());
        ended.DurationMs.ShouldBeNull();
    }

    [Fact]
    public async Task Post_RepeatedAndReordered_IsToldAsItCame()
    {
        await using var host = await IngressHost.StartAsync();
        var completed = TwilioClient.CallStatus();
        var ringing = TwilioClient.CallStatus(("CallStatus", "ringing"));

        foreach (var form in new[] { completed, ringing, completed })
        {
            (await host.Twilio.StatusOfAsync(Route, form)).ShouldBe(HttpStatusCode.NoContent);
        }

        (await host.Events.WaitForAsync(3)).Select(message => message.GetType()).ShouldBe([typeof(CallEnded), typeof(CallStarted), typeof(CallEnded)]);
    }
}
