using Burqi.Contracts;
using Burqi.Contracts.Calls;

namespace Burqi.Ingress.Twilio.CallStatus;

/// <summary>Twilio's call statuses in Burqi's words.</summary>
internal static class CallStatusMapper
{
    /// <summary>The event that the callback tells of; null where it tells of none: a child leg, or a status nobody has heard of.</summary>
    public static object? Map(CallStatusForm form, DateTimeOffset now)
    {
        // The leg that a Dial created is a part of its parent's call, whose own callback ends it.
        if (form.ParentCallSid is not null)
        {
            return null;
        }

        return form.Status switch
        {
            "queued" or "initiated" or "ringing" or "in-progress" => new CallStarted
            {
                Provider = Providers.Twilio,
                CallId = form.CallSid,
                AccountId = form.AccountSid,
                Direction = form.Direction,
                From = form.From,
                To = form.To,
                StartedAt = form.Timestamp ?? now,
            },
            "completed" => Ended(form, CallStatuses.Completed, now),
            "busy" => Ended(form, CallStatuses.Busy, now),
            "no-answer" => Ended(form, CallStatuses.NoAnswer, now),
            "canceled" => Ended(form, CallStatuses.Canceled, now),
            "failed" => Ended(form, CallStatuses.Failed, now),
            _ => null,
        };
    }

    private static CallEnded Ended(CallStatusForm form, string status, DateTimeOffset now) => new()
    {
        Provider = Providers.Twilio,
        CallId = form.CallSid,
        Status = status,
        DurationMs = form.DurationMs,
        EndedAt = form.Timestamp ?? now,
    };
}
