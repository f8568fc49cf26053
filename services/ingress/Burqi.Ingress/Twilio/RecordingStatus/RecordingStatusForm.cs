namespace Burqi.Ingress.Twilio.RecordingStatus;

/// <summary>What Twilio tells of a recording of its own.</summary>
internal sealed record RecordingStatusForm
{
    public required string AccountSid { get; init; }

    /// <summary>The parent call, also where the recording was made on the leg it dialled.</summary>
    public required string CallSid { get; init; }

    public required string RecordingSid { get; init; }

    /// <summary><c>in-progress</c>, <c>completed</c>, <c>absent</c> or <c>failed</c>.</summary>
    public string? Status { get; init; }

    /// <summary>The recording's length in ms; Twilio counts whole seconds.</summary>
    public long? DurationMs { get; init; }

    public int? Channels { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>What made it (<c>StartCallRecordingTwiML</c>, <c>DialVerb</c>, …): an open list.</summary>
    public string? Source { get; init; }

    /// <summary>Null where there was no error, for which Twilio sends nought.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The name of the first sid that is missing or none, with null.</summary>
    public static RecordingStatusForm? Read(TwilioForm form, out string? malformed)
    {
        malformed = !TwilioSid.IsValid(form["AccountSid"], TwilioSid.Account) ? "AccountSid"
            : !TwilioSid.IsValid(form["CallSid"], TwilioSid.Call) ? "CallSid"
            : !TwilioSid.IsValid(form["RecordingSid"], TwilioSid.Recording) ? "RecordingSid"
            : null;
        return malformed is not null ? null : new()
        {
            AccountSid = form["AccountSid"]!,
            CallSid = form["CallSid"]!,
            RecordingSid = form["RecordingSid"]!,
            Status = form["RecordingStatus"],
            DurationMs = form.SecondsAsMs("RecordingDuration"),
            Channels = form["RecordingChannels"] switch { "1" => 1, "2" => 2, _ => null },
            StartedAt = TwilioTime.Parse(form["RecordingStartTime"]),
            Source = form["RecordingSource"],
            ErrorCode = form["ErrorCode"] is "0" ? null : form["ErrorCode"],
        };
    }
}
