using Burqi.Twilio;

namespace Burqi.Archiver.Sources.Twilio;

/// <summary>How the archiver reaches Twilio's REST API. Without credentials it archives only what Burqi captured itself.</summary>
public sealed class TwilioSourceOptions
{
    /// <summary>The section of the seldom changed values.</summary>
    public const string Section = "Archiver:Twilio";

    private const string ApiVersion = "2010-04-01";

    /// <summary>
    /// <c>TWILIO_API_BASE_URL</c>: the only host that is ever given the credentials. Default <c>https://api.twilio.com</c>; regional ones
    /// are <c>https://api.{edge}.{region}.twilio.com</c>. Plain http is accepted for a loopback address only.
    /// </summary>
    public string ApiBaseUrl { get; set; } = "https://api.twilio.com";

    /// <summary>How long Twilio may answer 404 for a finished recording before its metadata is asked why. Default 10 min.</summary>
    public TimeSpan NotReadyGrace { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How far a file's length may be from the one Twilio tells, which counts whole seconds. Default 2 s.</summary>
    public TimeSpan DurationTolerance { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary><c>TWILIO_CHANNEL_MAP</c>: who is in which channel of a dual recording, by what made it. Default <c>user,assistant</c>.</summary>
    internal TwilioChannelMap ChannelMap { get; set; } = TwilioChannelMap.Default;

    /// <summary>What could not be read, for the validator to report with everything else.</summary>
    internal List<string> Unreadable { get; } = [];

    /// <summary>Who signs in. Without any, what Burqi captured itself is archived all the same.</summary>
    internal TwilioCredentials Credentials { get; set; } = TwilioCredentials.None;

    /// <summary>Where a recording lies at Twilio, without the ending that tells its audio from its metadata.</summary>
    internal string AddressOf(TwilioDetails recording)
    {
        var host = ApiBaseUrl.TrimEnd('/');
        host = host.EndsWith($"/{ApiVersion}", StringComparison.Ordinal) ? host : $"{host}/{ApiVersion}";
        return $"{host}/Accounts/{recording.AccountSid}/Recordings/{recording.RecordingSid}";
    }
}
