namespace Burqi.Ingress.Twilio.CallStatus;

/// <summary>What Twilio tells of a call's progress.</summary>
internal sealed record CallStatusForm
{
    public required string CallSid { get; init; }

    /// <summary>Set on the leg that a <c>Dial</c> created.</summary>
    public string? ParentCallSid { get; init; }

    public string? AccountSid { get; init; }

    public string? Status { get; init; }

    public string? Direction { get; init; }

    public string? From { get; init; }

    public string? To { get; init; }

    /// <summary>The call's length in ms; Twilio counts whole seconds.</summary>
    public long? DurationMs { get; init; }

    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Null where the call sid is missing or none.</summary>
    public static CallStatusForm? Read(TwilioForm form, DateTimeOffset now) => TwilioSid.IsValid(form["CallSid"], TwilioSid.Call)
        ? new()
        {
            CallSid = form["CallSid"]!,
            ParentCallSid = form["ParentCallSid"],
            AccountSid = TwilioSid.IsValid(form["AccountSid"], TwilioSid.Account) ? form["AccountSid"] : null,
            Status = form["CallStatus"],
            Direction = form.Text("Direction", 100),
            From = form.Text("From", 500),
            To = form.Text("To", 500),
            DurationMs = form.SecondsAsMs("CallDuration"),
            Timestamp = TwilioTime.Parse(form["Timestamp"], now),
        }
        : null;
}
