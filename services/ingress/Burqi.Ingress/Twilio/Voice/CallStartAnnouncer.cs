using Burqi.Contracts;
using Burqi.Contracts.Calls;
using Burqi.Ingress.Spool;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Burqi.Ingress.Twilio.Voice;

/// <summary>Tells that a call has begun, in the time that a caller may wait for it. Never throws: the call goes on whatever comes of it.</summary>
internal sealed partial class CallStartAnnouncer(
    EventOutbox outbox,
    IOptions<IngressOptions> options,
    TimeProvider time,
    ILogger<CallStartAnnouncer> logger)
{
    /// <summary>With the longest deadline, 6 s, the answer is still well within the 15 s that Twilio waits.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(500);

    public async Task AnnounceAsync(VoiceForm form, string callSid, string? assistantId)
    {
        try
        {
            var started = new CallStarted
            {
                Provider = Providers.Twilio,
                CallId = callSid,
                AccountId = form.AccountSid,
                ParentCallId = form.ParentCallSid,
                Direction = form.Direction,
                From = form.From,
                To = form.To,
                AssistantId = assistantId,
                StartedAt = time.GetUtcNow(),
                HandedOver = form.HandedOver ? true : null,
            };
            var deadline = options.Value.VoiceDeadline;
            // The outbox keeps the deadline for the bus and again for the disk. Aside and under a limit all the same: what blocks its thread,
            // such as a disk that hangs, must not hold the caller.
            var delivery = await Task.Run(() => outbox.SendAsync(started, deadline)).WaitAsync((2 * deadline) + Slack, time);
            Log.Answered(logger, callSid, assistantId, delivery);
        }
        catch (Exception exception)
        {
            // The call's row can still come from its status callbacks and recordings; the call itself must not wait for it.
            Log.NotAnnounced(logger, exception, callSid);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2200, LogLevel.Information, "Call {CallId} answered, assistant: {AssistantId} (event: {Delivery})")]
        public static partial void Answered(ILogger logger, string callId, string? assistantId, Delivery delivery);

        [LoggerMessage(2202, LogLevel.Error, "Call {CallId} is answered, but its start could not be announced")]
        public static partial void NotAnnounced(ILogger logger, Exception exception, string callId);
    }
}
