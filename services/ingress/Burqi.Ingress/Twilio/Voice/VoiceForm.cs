namespace Burqi.Ingress.Twilio.Voice;

/// <summary>What Twilio says when it asks what to do with a call.</summary>
internal sealed record VoiceForm
{
    /// <summary>Null where it is missing or no call sid: such a call cannot be recorded, yet it is answered.</summary>
    public string? CallSid { get; init; }

    public string? AccountSid { get; init; }

    public string? ParentCallSid { get; init; }

    public string? Direction { get; init; }

    /// <summary>
    /// An incoming call is asked for while it still rings. One that was answered before comes from somebody else's TwiML, such as a menu.
    /// </summary>
    public bool HandedOver { get; init; }

    public string? From { get; init; }

    public string? To { get; init; }

    public static VoiceForm Read(TwilioForm form) => new()
    {
        CallSid = TwilioSid.IsValid(form["CallSid"], TwilioSid.Call) ? form["CallSid"] : null,
        AccountSid = TwilioSid.IsValid(form["AccountSid"], TwilioSid.Account) ? form["AccountSid"] : null,
        ParentCallSid = TwilioSid.IsValid(form["ParentCallSid"], TwilioSid.Call) ? form["ParentCallSid"] : null,
        Direction = form.Text("Direction", 100),
        HandedOver = form["Direction"] == "inbound" && form["CallStatus"] == "in-progress",
        From = form.Text("From", 500),
        To = form.Text("To", 500),
    };
}
