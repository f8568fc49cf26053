using System.Globalization;
using System.Text.Json;
using Burqi.Contracts;
using Burqi.Contracts.Calls;

namespace Burqi.Archiver.Reconcile.Twilio;

/// <summary>What we need of a call as Twilio's REST API tells it.</summary>
internal sealed record TwilioListedCall(
    string? ParentCallSid,
    string? From,
    string? To,
    string? Direction,
    string? Status,
    string? StartTime,
    string? EndTime,
    string? DateCreated,
    JsonElement Duration)
{
    /// <summary>The call in our words.</summary>
    public ListedCall ToListed(string account, string callId)
    {
        var started = TwilioListTime.Parse(StartTime) ?? TwilioListTime.Parse(DateCreated);
        var seconds = Duration.ValueKind switch
        {
            JsonValueKind.Number when Duration.TryGetInt32(out var number) => number,
            JsonValueKind.String when int.TryParse(Duration.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
            _ => (int?)null,
        };
        var status = Status switch
        {
            "completed" => CallStatuses.Completed,
            "busy" => CallStatuses.Busy,
            "no-answer" => CallStatuses.NoAnswer,
            "canceled" => CallStatuses.Canceled,
            "failed" => CallStatuses.Failed,
            _ => null,
        };
        var ended = TwilioListTime.Parse(EndTime) ?? started?.AddSeconds(seconds ?? 0);
        return new ListedCall(
            status is not null,
            started is null ? null : new CallStarted
            {
                Provider = Providers.Twilio,
                CallId = callId,
                AccountId = account,
                ParentCallId = ParentCallSid,
                Direction = Direction,
                From = From,
                To = To,
                StartedAt = started.Value,
            },
            status is null || ended is null ? null : new CallEnded
            {
                Provider = Providers.Twilio,
                CallId = callId,
                Status = status,
                DurationMs = seconds * 1000L,
                EndedAt = ended.Value,
            });
    }
}
