namespace Burqi.Ingress.Twilio.StreamStatus;

/// <summary>What Twilio tells of a media stream.</summary>
internal sealed record StreamStatusForm
{
    public required string CallSid { get; init; }

    public required string StreamSid { get; init; }

    /// <summary><c>stream-started</c>, <c>stream-stopped</c> or <c>stream-error</c>; null for a word nobody has heard of.</summary>
    public string? Event { get; init; }

    /// <summary>Twilio's error code, such as 31921; null where none was given.</summary>
    public long? ErrorCode { get; init; }

    /// <summary>The name of the first sid that is missing or none, with null.</summary>
    public static StreamStatusForm? Read(TwilioForm form, out string? malformed)
    {
        malformed = !TwilioSid.IsValid(form["CallSid"], TwilioSid.Call) ? "CallSid"
            : !TwilioSid.IsValid(form["StreamSid"], TwilioSid.Stream) ? "StreamSid"
            : null;
        return malformed is not null ? null : new()
        {
            CallSid = form["CallSid"]!,
            StreamSid = form["StreamSid"]!,
            Event = form["StreamEvent"] is "stream-started" or "stream-stopped" or "stream-error" ? form["StreamEvent"] : null,
            ErrorCode = form.LeadingCount("StreamError"),
        };
    }
}
