namespace Burqi.Ingress.Twilio.Twiml;

/// <summary><c>Stream</c>: the socket that a call's audio goes to. What is null is not written, and Twilio's default holds.</summary>
internal sealed record StreamNoun
{
    /// <summary>A <c>wss</c> URL, or <c>ws</c> on this machine; never with a query, which breaks Twilio's handshake (error 31920).</summary>
    public required string Url { get; init; }

    /// <summary>Unique within a call; what <see cref="VoiceResponse.StopStream"/> asks for.</summary>
    public string? Name { get; init; }

    /// <summary>One of <see cref="TwimlValues.StreamTracks"/>. A two-way stream takes the inbound track alone.</summary>
    public string? Track { get; init; }

    public string? StatusCallback { get; init; }

    /// <summary>Told in the stream's <c>start</c>; a name and its value have fewer than 500 characters together.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];
}

/// <summary><c>Recording</c>: Twilio records in the background, until the call ends.</summary>
internal sealed record RecordingNoun
{
    /// <summary>One of <see cref="TwimlValues.RecordingChannels"/>.</summary>
    public string? Channels { get; init; }

    /// <summary>One of <see cref="TwimlValues.RecordingTracks"/>.</summary>
    public string? Track { get; init; }

    /// <summary>One of <see cref="TwimlValues.Trims"/>.</summary>
    public string? Trim { get; init; }

    public RecordingCallback? Callback { get; init; }
}

/// <summary>Where Twilio posts what becomes of a recording.</summary>
/// <param name="Url">An absolute URL: a relative one was seen to bring no callback (error 11200).</param>
/// <param name="Events">Some of <see cref="TwimlValues.RecordingEvents"/>.</param>
internal sealed record RecordingCallback(string Url, IReadOnlyList<string> Events);

/// <summary><c>Record</c>: a voicemail, of the caller alone and in one channel.</summary>
internal sealed record RecordVerb
{
    /// <summary>What comes after. Twilio would ask for the same document again, and so record for ever, were there none.</summary>
    public required string Action { get; init; }

    /// <summary>Seconds.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Seconds of silence.</summary>
    public int? Timeout { get; init; }

    /// <summary>Digits, <c>#</c> and <c>*</c>.</summary>
    public string? FinishOnKey { get; init; }

    public bool? PlayBeep { get; init; }

    /// <summary>One of <see cref="TwimlValues.Trims"/>.</summary>
    public string? Trim { get; init; }

    public RecordingCallback? Callback { get; init; }
}

/// <summary><c>Dial</c>: puts the call through to a number.</summary>
internal sealed record DialVerb
{
    /// <summary>E.164.</summary>
    public required string Number { get; init; }

    /// <summary>Where Twilio posts what becomes of the dialled leg, all of <see cref="TwimlValues.CallEvents"/>; null: nowhere.</summary>
    public string? NumberStatusCallback { get; init; }

    /// <summary>E.164.</summary>
    public string? CallerId { get; init; }

    /// <summary>Seconds, within <see cref="TwimlValues.DialTimeout"/>.</summary>
    public int? Timeout { get; init; }

    public bool? AnswerOnBridge { get; init; }

    /// <summary>What comes after.</summary>
    public string? Action { get; init; }

    /// <summary>One of <see cref="TwimlValues.DialRecords"/>.</summary>
    public string? Record { get; init; }

    /// <summary>One of <see cref="TwimlValues.RecordingTracks"/>.</summary>
    public string? RecordingTrack { get; init; }

    /// <summary>One of <see cref="TwimlValues.Trims"/>.</summary>
    public string? Trim { get; init; }

    public RecordingCallback? RecordingCallback { get; init; }
}
