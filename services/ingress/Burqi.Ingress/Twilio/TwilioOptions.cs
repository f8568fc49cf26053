using Burqi.Ingress.Twilio.Twiml;
using Burqi.Twilio;

namespace Burqi.Ingress.Twilio;

/// <summary>The Twilio accounts whose calls are recorded, and how their calls are answered.</summary>
internal sealed class TwilioOptions
{
    /// <summary>
    /// Whose webhooks are listened to. Where the default set has an account, those of accounts that no set has are refused; where it has none,
    /// any account that knows the default token is let in.
    /// </summary>
    public TwilioCredentials Credentials { get; set; } = TwilioCredentials.None;

    /// <summary><c>TWILIO_AUTH_TOKEN</c>: the default account's primary token, with which Twilio signs. Required while signatures are verified.</summary>
    public string? AuthToken => Credentials.Default.AuthToken is { Length: > 0 } token ? token : null;

    /// <summary>
    /// <c>BURQI_STREAM_SECRET</c>: what stream tokens are made with; null takes <see cref="AuthToken"/>. Ingress and media need the same.
    /// </summary>
    public string? StreamSecret { get; set; }

    /// <summary><c>TWILIO_CALLER_ID</c>: the number of ours that a dialled party sees (E.164); null lets Twilio show the caller's.</summary>
    public string? CallerId { get; set; }

    /// <summary><c>TWILIO_STREAM_TRACK</c>: which side of a call is streamed, where no assistant takes it: one of <see cref="TwimlValues.StreamTracks"/>.</summary>
    public string StreamTrack { get; set; } = "both_tracks";

    /// <summary><c>TWILIO_RECORDING_CHANNELS</c>: whether Twilio records each side in a channel of its own: one of <see cref="TwimlValues.RecordingChannels"/>.</summary>
    public string RecordingChannels { get; set; } = "dual";

    /// <summary><c>TWILIO_RECORDING_TRACK</c>: which side Twilio records: one of <see cref="TwimlValues.RecordingTracks"/>.</summary>
    public string RecordingTrack { get; set; } = "both";

    /// <summary>
    /// <c>TWILIO_RECORDING_TRIM</c>: whether Twilio takes silence off its recording's ends: one of <see cref="TwimlValues.Trims"/>. Not by
    /// default, since it would shift the file against our own tracks.
    /// </summary>
    public string RecordingTrim { get; set; } = "do-not-trim";

    /// <summary>
    /// <c>TWILIO_RECORDING_STATUS_CALLBACK_EVENT</c>: what Twilio tells of its recording: some of <see cref="TwimlValues.RecordingEvents"/>.
    /// Without <c>completed</c> nobody hears that it can be fetched.
    /// </summary>
    public IReadOnlyList<string> RecordingEvents { get; set; } = TwimlValues.RecordingEvents;

    /// <summary><c>TWILIO_DIAL_TIMEOUT</c>: how many seconds a dialled party may ring, within <see cref="TwimlValues.DialTimeout"/>; null: Twilio's 30.</summary>
    public int? DialTimeout { get; set; }

    /// <summary>
    /// <c>TWILIO_DIAL_ANSWER_ON_BRIDGE</c>: whether a call is answered only when the dialled party answers, and the caller hears the ringing
    /// until then; null: Twilio's false.
    /// </summary>
    public bool? DialAnswerOnBridge { get; set; }

    /// <summary><c>BURQI_VERIFY_SIGNATURES</c>: false accepts unsigned webhooks, for development only: Production refuses to start so.</summary>
    public bool VerifySignatures { get; set; } = true;

    /// <summary><c>TWILIO_API_BASE_URL</c>: where recordings are controlled and fetched, if that is not https://api.twilio.com.</summary>
    public string? ApiBaseUrl { get; set; }

    /// <summary>What could not be understood while the configuration was read; the validator reports it with the rest.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Whether a URL lies at Twilio: https on a host of twilio.com, or on the very host where recordings are fetched.</summary>
    public bool IsTwilios(string url) => Uri.TryCreate(url, UriKind.Absolute, out var there)
        && ((there.Scheme == Uri.UriSchemeHttps && there.IsDefaultPort && there.IdnHost.EndsWith(".twilio.com", StringComparison.OrdinalIgnoreCase))
            || (Uri.TryCreate(ApiBaseUrl, UriKind.Absolute, out var api) && there.Scheme == api.Scheme && there.Authority == api.Authority));
}
