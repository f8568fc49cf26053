namespace Burqi.Ingress.Twilio.RecordingStatus;

/// <summary>What Twilio tells of a recording of its own.</summary>
internal sealed record RecordingStatusForm
{
    public required string AccountSid { get; init; }

    /// <summary>The parent call, also where the recording was made on the leg it dialled; for a conference without one the conference.</summary>
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

    /// <summary>Whose audio it holds: <c>both</c>, <c>inbound</c> or <c>outbound</c> of the recorded leg.</summary>
    public string? Track { get; init; }

    /// <summary>Whether Twilio holds it encrypted, with a key that the account keeps to itself.</summary>
    public bool Encrypted { get; init; }

    /// <summary>Where the callback says that the audio lies. Never fetched: anybody who can sign or leak a callback could point it elsewhere.</summary>
    public string? Url { get; init; }

    /// <summary>Null where there was no error, for which Twilio sends nought.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The name of the first sid that is missing or none, with null.</summary>
    public static RecordingStatusForm? Read(TwilioForm form, DateTimeOffset now, out string? malformed)
    {
        var call = form["CallSid"] ?? form["ConferenceSid"];
        malformed = !TwilioSid.IsValid(form["AccountSid"], TwilioSid.Account) ? "AccountSid"
            : !TwilioSid.IsValid(call, form["CallSid"] is null ? TwilioSid.Conference : TwilioSid.Call) ? "CallSid"
            : !TwilioSid.IsValid(form["RecordingSid"], TwilioSid.Recording) ? "RecordingSid"
            : null;
        return malformed is not null ? null : new()
        {
            AccountSid = form["AccountSid"]!,
            CallSid = call!,
            RecordingSid = form["RecordingSid"]!,
            Status = form["RecordingStatus"],
            DurationMs = form.SecondsAsMs("RecordingDuration"),
            Channels = form["RecordingChannels"] switch { "1" => 1, "2" => 2, _ => null },
            StartedAt = TwilioTime.Parse(form["RecordingStartTime"], now),
            Source = form.Text("RecordingSource", 100),
            Track = form["RecordingTrack"] is { } track and ("both" or "inbound" or "outbound") ? track : null,
            Encrypted = form["EncryptionDetails"] is not null,
            Url = form["RecordingUrl"],
            ErrorCode = form["ErrorCode"] is "0" ? null : form.Text("ErrorCode", 100),
        };
    }
}
